"""Answers as people see them: within Discord's limits, word for word, and harmless whatever the articles hold."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import escape, render
from bot.answers import carried, complaints, quotes
from bot.answers.complaints import Checked, Complaint
from bot.archive.references import reference_of
from bot.language import language
from bot.lists.paging import Search
from index import (
    Answer,
    Article,
    Context,
    Correction,
    Gone,
    Hit,
    NoEvidence,
    Passage,
    Quote,
    Rival,
    Span,
    StoredArticle,
    Turn,
)
from tests.bot.conftest import check_embed
from tests.bot.fake_index import HOSTILE, SUMMIT
from tests.bot.generated import NOW, few, found, hits, words

rivals = st.builds(Rival, words, found, st.just(()))
searches = st.builds(
    Search, words, st.none() | st.dates(), st.none() | st.dates(), st.none() | st.text(min_size=1, max_size=60)
)
contexts = found.map(lambda quote: Context(quote, Span(0, quote.end)))
gone = st.builds(Gone, st.just("0" * 16), st.just("public"), st.just(1), st.sampled_from(["withdrawn", "removed"]),
                 st.just(NOW), words)  # fmt: skip


def quoted(article: Article, *, speaker: str | None = None, unnamed: bool = False) -> Quote:
    return Quote(StoredArticle(article, 1, NOW), 0, len(article.text), 1.0, speaker, unnamed)


def described(embeds: Sequence[discord.Embed]) -> str:
    return "\n".join(embed.description or "" for embed in embeds)


def check(embeds: Sequence[discord.Embed]) -> None:
    """Each embed is within Discord's limits, so is each message, and none is lost on the way."""
    for embed in embeds:
        check_embed(embed)
    grouped = quotes.messages(embeds)
    assert [one for message in grouped for one in message] == list(embeds)
    for message in grouped:
        assert sum(len(one) for one in message) <= render.EMBED_LIMIT
        assert len(message) <= 10


def left_live(embeds: Sequence[discord.Embed]) -> str:
    """What no backslash protects, without the bold, the links and the dates that are ours."""
    text = re.sub(r"\\[!-/:-@\[-`{-~]", "", described(embeds))
    return re.sub(r"\]\(https?://[^\s()]*\)|<t:-?\d+:D>", "", text)


@few
@given(words, st.lists(found, min_size=1, max_size=5), st.lists(rivals, max_size=3), st.none() | words, searches)
def test_any_answer_fits_discord_s_limits_and_shows_every_quote(
    question: str, them: list[Quote], against: list[Rival], short: str | None, asked: Search
) -> None:
    found = Answer(question, tuple(them), short, 0.5, (), ("a", "b"), tuple(against))
    embeds = quotes.answer(found, asked=asked)
    check(embeds)
    numbers = re.findall(r"(?m)^\[(\d+)\] ", described(embeds))
    assert numbers == [str(number + 1) for number in range(len(found.agreeing) + len(against))]


@few
@given(words, st.lists(hits, max_size=5), searches)
def test_any_refusal_fits_discord_s_limits_and_says_that_passages_are_no_answer(
    question: str, near: list[Hit], asked: Search
) -> None:
    embeds = quotes.answer(NoEvidence(question, 0.1, tuple(near)), asked=asked)
    check(embeds)
    assert ("not an answer" in described(embeds)) == bool(near)


@few
@given(words, st.lists(found, min_size=1, max_size=10), st.lists(st.none() | contexts | gone, min_size=1, max_size=5))
def test_any_context_more_quotes_and_sources_fit_discord_s_limits(
    claim: str, them: list[Quote], around: list[Context | Gone | None]
) -> None:
    check(quotes.more(them, 4))
    check(quotes.contexts(around))
    check(quotes.sources(claim, [Hit(1, one.stored, Passage(0, one.end), 1.0) for one in them]))
    check([quotes.opening(Turn(claim, claim))])


@few
@given(words, words, st.lists(st.tuples(found, st.none() | words, st.booleans()), min_size=1, max_size=5))
def test_any_complaint_fits_discord_s_limits(
    question: str, word: str, them: list[tuple[Quote, str | None, bool]]
) -> None:
    checked = [
        Checked(number, reference_of(quote), shown, Context(quote, Span(0, 1)) if there else None)
        for number, (quote, shown, there) in enumerate(them)
    ]
    check(complaints.told(Complaint(question, word[:500], tuple(checked), "https://discord.com/channels/1/2/3")))


@few
@given(words, st.lists(found, min_size=1, max_size=3), st.data())
def test_the_answer_in_bold_changes_no_word_of_a_quote(question: str, them: list[Quote], data: st.DataObject) -> None:
    text = them[0].text
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    plain = quotes.answer(Answer(question, tuple(them), None, 0.5, ()))
    bold = quotes.answer(Answer(question, tuple(them), text[start:end] or None, 0.5, ()))
    assert carried.quotes_in(plain) == carried.quotes_in(bold)


def unquoted(shown: str | None) -> list[str]:
    """The lines of a block quote."""
    return [line.removeprefix("> ") for line in (shown or "").split("\n")]


@few
@given(st.text(alphabet="ab*\\_ \n[]:/@#-.1>|discord.gg", max_size=60), st.data())
def test_what_is_bold_protects_as_well_as_what_is_not(text: str, data: st.DataObject) -> None:
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    lines = unquoted(escape.block_quote(text, 4000, bold=(start, end)))
    assert [escape.unescape(line) for line in lines] == [
        escape.unescape(line) for line in unquoted(escape.block_quote(text, 4000))
    ]
    left = re.sub(r"\\[!-/:-@\[-`{-~]", "x", "\n".join(lines)).replace("**", "\0")
    assert not re.search(r"[@<>\[\]`|*_~\\]|://|discord\.gg", left)
    assert left.count("\0") % 2 == 0


@pytest.mark.parametrize("code", ["en", "de", "es"])
def test_hostile_text_reaches_people_as_plain_words_in_every_renderer(code: str) -> None:
    say, quote = language(code), quoted(HOSTILE, speaker="@here [x](https://evil.example)")
    quote = replace(quote, correction=Correction(f"Correction: {HOSTILE.text}", 1, NOW))
    hostile, stored = HOSTILE.text, quote.stored
    hit = Hit(1, stored, Passage(0, len(hostile)), 1.0)
    rival = Rival("<@1> [free](x)", quote, ())
    checked = Checked(1, reference_of(quote), escape.one_line(hostile), Context(quote, Span(0, len(hostile))))
    shown = [
        quotes.answer(
            Answer(hostile, (quote,), "[claim here](https://evil.example/x)", 0.9, (), (), (rival,)), say=say
        ),
        quotes.answer(NoEvidence(hostile, 0.1, (hit,)), asked=Search("@everyone why?"), say=say),
        quotes.more([quote], 2, say),
        quotes.contexts(
            [Context(quote, Span(0, len(hostile))), Gone("0" * 16, "public", 1, "withdrawn", NOW, hostile)], say
        ),
        quotes.sources(hostile, [hit], say),
        (quotes.opening(Turn(hostile, hostile), say),),
        complaints.told(Complaint(hostile, hostile, (checked,), None), say),
    ]
    for embeds in shown:
        assert not re.search(r"@|<|```|\|\||\]\(|discord\.gg", left_live(embeds))
        assert "\u202e" not in described(embeds)
        assert not re.search(r"@|<", re.sub(r"\\.", "", embeds[0].title or ""))


ANSWER = """\
> **Trump** was the first to suggest postponing the summit.

[1] **North Post** · <t:1761123600:D> · [Summit put off as talks stall](https://www.northpost.example/world/summit-put-off\
#:~:text=Trump%20was%20the%20first,suggest%20postponing%20the%20summit.) (www.northpost.example)

**Others say: Sergei Orlov**
> “We need more time,” **Sergei Orlov** said.

[2] Said by **Sergei Orlov** · **North Post** · <t:1761123600:D> · [Summit put off as talks stall]\
(https://www.northpost.example/world/summit-put-off#:~:text=%E2%80%9CWe%20need%20more%20time%2C%E2%80%9D%20Sergei%20Orlov%20said.)\
 (www.northpost.example)"""


def cut(words: str, *, speaker: str | None = None) -> Quote:
    start = SUMMIT.text.index(words)
    return Quote(StoredArticle(SUMMIT, 1, NOW), start, start + len(words), 1.0, speaker)


def test_an_answer_looks_like_this() -> None:
    first = cut("Trump was the first to suggest postponing the summit.")
    other = cut("“We need more time,” Sergei Orlov said.", speaker="Sergei Orlov")
    found = Answer(
        "Who?",
        (first,),
        "Trump",
        0.9,
        (),
        ("North Post", "Courier"),
        (Rival("Sergei Orlov", other, ()),),
        corrected=True,
    )
    (embed,) = quotes.answer(found, asked=Search("Who?", date(2025, 10, 1), None, "North Post"))
    assert (embed.author.name, embed.title, embed.description) == ("Who?", "Trump", ANSWER)
    assert embed.footer.text == (
        "Quoted word for word from the stored articles. 2 independent outlets say so. From a correction. "
        "Newest source: 22 October 2025. Looked only at articles from 1 October 2025 on, by North Post."
    )


def test_a_refusal_looks_like_this() -> None:
    (embed,) = quotes.answer(NoEvidence("Who won?", 0.1, ()), asked=Search("and who won?"))
    assert (embed.author.name, embed.title) == ("and who won?", "No answer in the archive")
    assert embed.description == (
        "**Understood as:** Who won?\n\nI found nothing in the archive that answers this.\n\n"
        "It helps to name who or what it is about, and when. `/search` looks for single words.\n\n"
        "Nothing in it comes near, either."
    )


def test_a_context_looks_like_this() -> None:
    quote = cut("“We need more time,” Sergei Orlov said.")
    (embed,) = quotes.contexts([Context(quote, Span(0, len(SUMMIT.text))), None])
    assert (embed.description or "").startswith(
        "> Leaders will not meet this month. Trump was the first to suggest postponing the summit. "
        "**“We need more time,” Sergei Orlov said.** Aides said a new date for the summit was open.\n\n"
        "[1] **North Post**"
    )
    assert (embed.description or "").endswith("[2] The article has been changed or removed since.")


def test_a_complaint_holds_all_that_is_needed_to_judge_it() -> None:
    quote = cut("Trump was the first to suggest postponing the summit.")
    one = Checked(1, reference_of(quote), quote.text, Context(quote, Span(0, 1)))
    head, embed = complaints.told(Complaint("Who?", "It was Putin.", (one,), "https://discord.com/x"))
    assert (head.author.name, head.title) == ("Who?", "Reported as wrong")
    assert head.description == "It was Putin.\n\nhttps://discord.com/x"
    text = embed.description or ""
    assert text.startswith(
        f"> {quote.text}\n\n[1] `{SUMMIT.id}`, version 1, characters {quote.start} to {quote.end}\n"
        f"sha256 `{quote.sha256}`"
    )
    assert "https://www.northpost.example/world/summit-put-off#:~:text=Trump" in text
    assert text.endswith("**The archive still holds exactly these words there.**")


def test_a_complaint_says_what_has_become_of_the_words() -> None:
    quote = cut("Trump was the first to suggest postponing the summit.")
    reference, found, day = reference_of(quote), Context(quote, Span(0, 1)), f"<t:{int(NOW.timestamp())}:D>"
    earlier = replace(found, quote=replace(quote, stored=replace(quote.stored, replaced_at=NOW)))
    gone = Gone(SUMMIT.id, "public", 1, "withdrawn", NOW)
    assert Checked(1, reference, quote.text, None).verdict() == complaints.REMOVED
    assert Checked(1, reference, quote.text, gone).verdict() == f"The article was withdrawn on {day}."
    assert Checked(1, reference, quote.text, earlier).verdict() == complaints.CHANGED.format(day=day)
    assert Checked(1, reference, "Something else.", earlier).verdict() == complaints.DIFFERENT
    assert Checked(1, reference, "Something else.", found).verdict() == complaints.DIFFERENT
    assert Checked(1, reference, "Trump was the…", found).verdict() == complaints.EQUAL


def test_a_correction_stands_under_the_quote_unless_the_quote_is_the_correction() -> None:
    notice = "Correction: An earlier version of this story named *another* leader."
    quote = replace(cut("“We need more time,” Sergei Orlov said."), correction=Correction(notice, 1, NOW))
    shown = described(quotes.answer(Answer("q", (quote,), None, 0.9, ())))
    day = f"<t:{int(NOW.timestamp())}:D>"
    assert shown.endswith(f"\n**The article was corrected on {day}:** {escape.escape(notice)}")
    undated = replace(quote, correction=Correction(notice, 1, None))
    assert "\n**The article was corrected:** " in described(quotes.answer(Answer("q", (undated,), None, 0.9, ())))
    itself = replace(quote, correction=Correction("We need more time", 1, NOW))
    assert "corrected" not in described(quotes.answer(Answer("q", (itself,), None, 0.9, ())))


def test_who_speaks_is_said_or_that_the_passage_does_not_name_them() -> None:
    said = described(quotes.answer(Answer("q", (quoted(SUMMIT, speaker="Sergei Orlov"),), None, 0.9, ())))
    unnamed = described(quotes.answer(Answer("q", (quoted(SUMMIT, unnamed=True),), None, 0.9, ())))
    assert "[1] Said by **Sergei Orlov** · " in said
    assert "[1] Speaker not named in this passage · " in unnamed


def test_a_short_answer_is_bold_as_a_whole_word_only() -> None:
    article = Article("https://a.example/", "Cars", "Carson drove a car* and a car.")
    embeds = quotes.answer(Answer("q", (quoted(article),), "car", 0.9, ()))
    assert described(embeds).startswith("> Carson drove a **car**\\* and a car.")


def test_quotes_that_do_not_fit_into_one_embed_go_on_in_the_next_and_none_is_cut() -> None:
    long = Article("https://a.example/", "Long", "A sentence that goes on. " * 100)
    embeds = quotes.answer(Answer("q", (quoted(long),) * 4, None, 0.9, ()))
    assert [re.findall(r"\[(\d)\]", embed.description or "") for embed in embeds] == [["1"], ["2"], ["3"], ["4"]]
    assert all((embed.description or "").count("A sentence that goes on.") == 100 for embed in embeds)
    assert [len(message) for message in quotes.messages(embeds)] == [2, 2]
    assert embeds[0].author.name == "q"
    assert not embeds[0].footer.text
    assert embeds[-1].footer.text


def test_a_single_quote_too_long_for_discord_is_cut_and_says_so() -> None:
    long = Article("https://a.example/", "Long", "word " * 2000)
    text = described(quotes.answer(Answer("q", (quoted(long),), None, 0.9, ())))
    assert "this is its beginning" in text
    assert escape.ELLIPSIS in text


def test_an_article_from_a_file_is_cited_without_a_link() -> None:
    article = Article("file:notes/a.txt", "Notes", "A sentence.")
    text = described(quotes.answer(Answer("q", (quoted(article),), None, 0.9, ())))
    assert text == "> A sentence.\n\n[1] publisher unknown · date unknown · Notes"


def test_a_completed_question_that_is_hostile_is_shown_as_plain_words() -> None:
    found = NoEvidence("Why did @everyone [win](https://evil.example)?", 0.1, ())
    (embed,) = quotes.answer(found, asked=Search("why?"))
    first = re.sub(r"\\[!-/:-@\[-`{-~]", "", (embed.description or "").split("\n")[0])
    assert first == "**Understood as:** Why did everyone win(https//evil.example)?"


def test_a_quote_says_in_how_many_other_outlets_its_article_stands() -> None:
    quote = quoted(SUMMIT)
    answer = Answer("Who suggested it?", (quote,), None, 0.9, ())
    assert "Also in" not in described(quotes.answer(answer))
    for also, said in ((("Post",), "Also in 1 outlet."), (("Post", "Courier"), "Also in 2 outlets.")):
        carried_too = replace(answer, quotes=(replace(quote, also=also),))
        assert said in described(quotes.answer(carried_too))
