import re
import unicodedata

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot import escape

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u00ad\u034f\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u180e\u3164\u115f\u1160\uffa0\U000e0041"
MENTIONS = ["@everyone", "@here", "<@1>", "<@!1>", "<#2>", "<@&3>", "</ask:4>", "<t:0:D>", "<:a:5>"]
LINKS = ["[x](https://e.example)", "https://e.example", "discord.gg/x"]
STYLES = ["```", "`", "||", "**", "__", "~~", "> ", ">>> ", "# ", "-# ", "- ", "1. ", "\n", "\r", "\u2028", "\\"]
MARKUP = st.sampled_from(MENTIONS + LINKS + STYLES)
PUNCTUATION = r"[!-/:-@\[-`{-~]"
hostile = st.lists(MARKUP | st.text(max_size=8) | st.sampled_from([*BIDI, *ZERO_WIDTH]), max_size=12).map("".join)


def as_shown(escaped: str) -> str:
    """What Discord shows: a backslash before punctuation is left out."""
    return re.sub(rf"\\({PUNCTUATION})", r"\1", escaped)


def live(escaped: str) -> str:
    """What Discord would still read as markup: all that no backslash protects."""
    return re.sub(rf"\\{PUNCTUATION}", "x", escaped)


@given(hostile)
@example("a\\")
@example("\\@everyone")
def test_no_mention_link_or_markup_of_a_text_stays_live(text: str) -> None:
    left = live(escape.escape(text))
    assert not re.search(r"[@<>\[\]`|*_~\\]", left)
    assert "://" not in left
    assert not re.search(r"(?m)^\s*(?:[-+#]|\d+[.)])", left)
    assert not re.search(r"(?i)discord\.gg", left)


@given(hostile)
def test_the_words_that_people_see_stay_the_same(text: str) -> None:
    assert as_shown(escape.escape(text)) == escape.plain(text)


@given(st.text())
def test_letters_and_digits_are_never_lost(text: str) -> None:
    def visible(words: str) -> list[str]:
        return [one for one in words if unicodedata.category(one)[0] in "LNPS" and one not in ZERO_WIDTH]

    assume(not any(unicodedata.category(one) in ("Cs", "Cn") for one in text))
    assert visible(escape.plain(text)) == visible(text)


@given(hostile)
def test_no_character_that_deceives_is_shown(text: str) -> None:
    shown = escape.plain(text)
    assert not set(shown) & set(BIDI + ZERO_WIDTH)
    assert not any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" for one in shown)


def test_joiners_stay_where_a_script_needs_them_and_go_where_they_hide() -> None:
    assert escape.plain("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"
    assert escape.plain("👩\u200d🔬") == "👩\u200d🔬"
    assert escape.plain("pay\u200dpal\u200c.") == "paypal."


@given(hostile)
def test_a_quote_cannot_leave_its_block(text: str) -> None:
    quoted = escape.block_quote(text, 10_000)
    assert quoted is not None
    assert all(line.startswith("> ") for line in quoted.splitlines())


@given(hostile, st.integers(1, 40))
@example("@", 1)
@example("@ @", 2)
def test_what_is_clipped_fits_and_says_that_it_was_clipped(text: str, limit: int) -> None:
    shown = escape.escape_within(text, limit)
    assert escape.units(shown) <= limit
    assert shown == escape.escape(text) or shown.endswith(escape.ELLIPSIS)


@given(hostile | st.from_regex(r"https?://[a-z.]{1,9}\.example/[ -~]{0,30}", fullmatch=True), hostile)
@example("https://a.example/x)y [z](https://evil.example)", "t")
@example("javascript:alert(1)", "t")
@example("https://user@bank.example@evil.example/", "t")
def test_a_link_leads_to_an_http_address_and_ends_where_it_should(url: str, label: str) -> None:
    made = escape.link(label, url, 120)
    found = re.search(r"^\[([^\[\]]*)\]\(([^()\s<>\[\]\\\"`|*]*)\)$", made)
    if found is None:
        assert "](" not in made
    else:
        assert escape.host_of(found[2]) == escape.host_of(url)
        assert not re.search(r"[@<>`|*_~\\]", live(found[1]))


def test_only_addresses_of_the_web_have_a_host_and_it_is_shown_as_it_is_looked_up() -> None:
    assert escape.host_of("https://News.Example:8080/x") == "news.example"
    assert escape.host_of("https://пример.example/") == "xn--e1afmkfd.example"
    for address in (
        "file:///etc/passwd",
        "ftp://a.example",
        "https://",
        "https://a b/",
        "//a.example",
        "https://me@a.example/",
        "https://[::1",
    ):
        assert escape.host_of(address) is None


def test_a_link_to_a_sentence_names_its_first_and_last_words() -> None:
    sentence = "Trump was the first to suggest postponing the planned meeting, he said - twice."
    url = escape.sentence_url("https://a.example/b", sentence)
    assert url == "https://a.example/b#:~:text=Trump%20was%20the%20first,he%20said%20%2D%20twice."
    assert escape.safe_url(url) == url
    assert escape.sentence_url("https://a.example/b#part", sentence) == "https://a.example/b#part"
