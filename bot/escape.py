r"""Untrusted text made harmless for display. What is stored stays as it is; only what is shown passes through here.

Discord reads a backslash before punctuation as "this character, literally", so the words that people see stay the same:
mentions, masked links, invites, headings, lists, quotes, code and spoilers of an article's text show as plain text.
"""

import re
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
FRAGMENT_WORDS = 4  # at either end of a sentence: enough to be found once in an article
FRAGMENT_LIMIT = 300  # characters; a longer one would crowd the quotes out of the embed
BARE_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")  # after IDNA: what may be shown as a host

_ANYWHERE = re.compile(r"[\\*_~`|\[\]<>@]")
_LINE_START = re.compile(r"^(\s*)([-+#])", re.MULTILINE)
_NUMBERED = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)
_BARE_URL = re.compile(r":(?=//)")
_INVITE = re.compile(r"(?i)(discord(?:app)?|dsc)\.(?=(?:gg|com|io|me)\b)")

# Line ends other than \n would let a text leave its block quote.
_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# Controls, bidi marks and overrides, zero-width characters, blank fillers, soft hyphens and tags: never seen, often
# meant to deceive. The two joiners are spared here: Persian, Indic scripts and emoji are misspelt without them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_STRAY_JOINER = re.compile(
    "(?<![\u0300-\u1fff\u2600-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0300-\u1fff\u2600-\U0010ffff])"
)
_BOLDABLE = re.compile(r"\S(?:[^\n]*\S)?")  # of each line, from the first character that is seen to the last
_OF_OURS = re.compile(r"\\(.)|\*\*")
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """The text without characters that nobody sees. For places that Discord shows as they are: author name, footer."""
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return _SURROGATE.sub("\ufffd", _STRAY_JOINER.sub("", text))


def escape(text: str) -> str:
    """The same words with nothing in them that Discord would act on."""
    text = _ANYWHERE.sub(r"\\\g<0>", plain(text))
    text = _BARE_URL.sub(r"\\:", text)
    text = _INVITE.sub(r"\1\\.", text)
    return _NUMBERED.sub(r"\1\\\2", _LINE_START.sub(r"\1\\\2", text))


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(plain(text).split())


def units(text: str) -> int:
    """Length as Discord's clients count it, in UTF-16 units: never less than what its servers count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """At most `limit` units of the text, between words if it can be; an ellipsis says that some was left out."""
    if units(text) <= limit:
        return text
    while units(text) >= limit:
        text = text[: min(limit - 1, len(text) - 1)]
    word_end = text.rfind(" ")
    return (text[:word_end] if word_end > len(text) * 2 // 3 else text).rstrip() + ELLIPSIS


def escape_within(text: str, limit: int) -> str:
    """`escape(text)` in at most `limit` units; an ellipsis says that some was left out."""
    words, room = plain(text), limit
    while (excess := units(escape(clip(words, room))) - limit) > 0:
        if room == 1:  # one character that needs a backslash before it
            return ELLIPSIS
        room -= max(1, excess // 2)  # escaping doubles a character at most, so this never leaves out too much
    return escape(clip(words, room))


def unescape(shown: str) -> str:
    """The words that people see where `shown` is escaped text of ours, with or without **bold** in it."""
    return _OF_OURS.sub(r"\1", shown)


def block_quote(text: str, limit: int, *, bold: tuple[int, int] = (0, 0)) -> str | None:
    """Every line of the text behind a quote mark, or None if that takes more than `limit` units.

    `bold` is the part of `text` to stand out. The parts are escaped first and the marks put around them then, so that
    no word changes.
    """
    start, end = bold if plain(text[slice(*bold)]).strip() else (0, 0)
    marked = escape(text[:start]) + _BOLDABLE.sub(r"**\g<0>**", escape(text[start:end])) + escape(text[end:])
    lines = [line.strip() for line in marked.split("\n") if line.strip()]
    quoted = "\n".join(f"> {line}" for line in lines)
    return quoted if units(quoted) <= limit else None


def host_of(url: str) -> str | None:
    """The host of an http(s) address as it is looked up (`xn--` for other scripts), or None if it is none such."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode().lower()
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    named = BARE_HOST.fullmatch(host) is not None and parts.username is None
    return host if named and parts.scheme in ("http", "https") else None


def safe_url(url: str) -> str | None:
    """The address with everything encoded that could end a markdown link; None where it must not become a link."""
    host = host_of(url)
    if host is None:
        return None
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port is not None else ""
    address = f"{parts.scheme}://{host}{port}{_encoded(parts.path)}"
    if parts.query:
        address += f"?{_encoded(parts.query)}"
    return f"{address}#{_encoded(parts.fragment)}" if parts.fragment else address


def _encoded(part: str) -> str:
    return quote(part, safe="/%&=+,:;@!$-._~?", errors="replace")


def link(label: str, url: str, limit: int) -> str:
    """`[label](url)` whose label shows the given words, or the words alone where the address must not be a link.

    Square brackets of the label turn into round ones: Discord reads brackets of a label even behind a backslash.
    """
    words = escape_within(one_line(label).replace("[", "(").replace("]", ")"), limit)
    target = safe_url(url)
    return f"[{words}]({target})" if target and words else words


def sentence_url(url: str, sentence: str) -> str:
    """The address with a text fragment, so that the browser goes to the sentence. One with a fragment is left alone.

    https://wicg.github.io/scroll-to-text-fragment/
    """
    words = sentence.split()
    if not words or "#" in url:
        return url
    ends = [words] if len(words) <= 2 * FRAGMENT_WORDS else [words[:FRAGMENT_WORDS], words[-FRAGMENT_WORDS:]]
    directive = ",".join(quote(" ".join(part), safe="", errors="replace").replace("-", "%2D") for part in ends)
    return f"{url}#:~:text={directive}" if len(directive) <= FRAGMENT_LIMIT else url
