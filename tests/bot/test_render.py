from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import render
from bot.paging import HITS_A_PAGE, Page, Search
from index import Article, Hit, Passage, Quote, StoredArticle
from tests.bot.conftest import check_embed

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
@given(st.lists(hits, max_size=HITS_A_PAGE), st.integers(0, 4))
def test_any_page_of_results_fits_discord_s_limits(found: list[Hit], number: int) -> None:
    check_embed(render.results(Page(Search("query", publisher="p" * 100), tuple(found), number, 5)))


@few
@given(words)
def test_any_notice_fits_discord_s_limits(sentence: str) -> None:
    check_embed(render.notice(sentence or "."))
