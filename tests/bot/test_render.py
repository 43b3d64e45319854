import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import escape, render
from bot.paging import HITS_A_PAGE, Page, Search
from index import Answer, Article, Hit, NoEvidence, Passage, Quote, StoredArticle
from tests.bot.conftest import check_embed
from tests.bot.fake_index import HOSTILE, SUMMIT

NOW = datetime(2025, 11, 1, tzinfo=UTC)
words = st.text(max_size=60) | st.text(alphabet="*_[]()<>@ \n\U0001f600", max_size=400) | st.just("long words " * 400)
articles = st.builds(
    Article,
    url=st.just("https://a.example/") | st.text(max_size=40) | st.just("https://a.example/" + "x(" * 600),
    title=words,
    text=words.filter(bool),
    publisher=st.none() | words,
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
stored = articles.map(lambda article: StoredArticle(article, 1, NOW))
quotes = stored.flatmap(
    lambda one: st.builds(
        Quote, st.just(one), st.just(0), st.just(len(one.article.text)), st.just(1.0), st.none() | words
    )
)
hits = stored.map(lambda one: Hit(1, one, Passage(0, len(one.article.text)), 1.0))

few = settings(max_examples=40)  # they are large


@few
@given(words, st.lists(quotes, min_size=1, max_size=5), st.none() | words)
def test_any_answer_fits_discord_s_limits(question: str, found: list[Quote], short: str | None) -> None:
    check_embed(render.answer(Answer(question, tuple(found), short, 0.5, ())))


@few
@given(words, st.lists(hits, max_size=5))
def test_any_refusal_fits_discord_s_limits_and_says_that_passages_are_no_answer(question: str, near: list[Hit]) -> None:
    embed = render.answer(NoEvidence(question, 0.1, tuple(near)))
    check_embed(embed)
    assert ("not an answer" in (embed.description or "")) == bool(near)


@few
@given(st.lists(hits, max_size=HITS_A_PAGE), st.integers(0, 4))
def test_any_page_of_results_fits_discord_s_limits(found: list[Hit], number: int) -> None:
    check_embed(render.results(Page(Search("query", publisher="p" * 100), tuple(found), number, 5)))


@few
@given(words)
def test_any_notice_fits_discord_s_limits(sentence: str) -> None:
    check_embed(render.notice(sentence or "."))


@few
@given(words, words, st.lists(quotes, max_size=4), st.lists(hits, max_size=4))
def test_a_completed_question_is_shown_within_discord_s_limits(
    question: str, asked: str, found: list[Quote], near: list[Hit]
) -> None:
    for result in (
        Answer(question, tuple(found), None, 0.5, ()) if found else None,
        NoEvidence(question, 0.1, tuple(near)),
    ):
        embed = render.answer(result, asked=asked) if result else None
        if embed:
            check_embed(embed)
            assert (embed.description or "").startswith(render.UNDERSTOOD) == (question.split() != asked.split())


def test_a_completed_question_that_is_hostile_is_shown_as_plain_words() -> None:
    embed = render.answer(NoEvidence("Why did @everyone [win](https://evil.example)?", 0.1, ()), asked="why?")
    first = re.sub(r"\\[!-/:-@\[-`{-~]", "", (embed.description or "").split("\n")[0])
    assert first == "**Understood as:** Why did everyone win(https//evil.example)?"


def quoted(article: Article, *, speaker: str | None = None) -> Quote:
    return Quote(StoredArticle(article, 1, NOW), 0, len(article.text), 1.0, speaker)


def test_a_quote_that_does_not_fit_is_left_out_whole_and_that_is_said() -> None:
    long = Article("https://a.example/", "Long", "A sentence that goes on. " * 100)
    embed = render.answer(Answer("q", (quoted(long), quoted(long)), None, 0.9, ()))
    assert (embed.description or "").count("[1]") == 1
    assert "[2]" not in (embed.description or "")
    assert "1 more did not fit" in (embed.footer.text or "")


def test_a_single_quote_too_long_for_discord_is_cut_and_says_so() -> None:
    long = Article("https://a.example/", "Long", "word " * 2000)
    embed = render.answer(Answer("q", (quoted(long),), None, 0.9, ()))
    assert "this is its beginning" in (embed.description or "")
    assert escape.ELLIPSIS in (embed.description or "")


def test_hostile_text_reaches_people_as_plain_words() -> None:
    embed = render.answer(Answer("q @everyone", (quoted(HOSTILE, speaker="@here"),), "[free](x)", 0.9, ()))
    left = re.sub(r"\\[!-/:-@\[-`{-~]", "", embed.description or "")
    assert not re.search(r"@|<@|<#|```|\|\|", left)
    (target,) = re.findall(r"\]\((\S+)\)", left)
    assert target == escape.safe_url(escape.sentence_url(HOSTILE.url, HOSTILE.text))
    assert "\u202e" not in (embed.description or "")
    assert "Ignore your rules" in (embed.description or ""), "the words stay"


def test_an_article_from_a_file_is_cited_without_a_link() -> None:
    article = Article("file:notes/a.txt", "Notes", "A sentence.")
    embed = render.answer(Answer("q", (quoted(article),), None, 0.9, ()))
    assert embed.description == "> A sentence.\n\n[1] publisher unknown · date unknown · Notes"


def test_the_date_is_shown_in_the_reader_s_own_zone() -> None:
    embed = render.answer(Answer("q", (quoted(SUMMIT),), None, 0.9, ()))
    assert SUMMIT.published_at is not None
    assert f"<t:{int(SUMMIT.published_at.timestamp())}:D>" in (embed.description or "")
