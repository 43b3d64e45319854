from hypothesis import given
from hypothesis import strategies as st

from bot import render
from bot.paging import HITS_A_PAGE, Page, Search
from index import Hit
from tests.bot.conftest import check_embed
from tests.bot.generated import few, hits, words


@few
@given(st.lists(hits, max_size=HITS_A_PAGE), st.integers(0, 4))
def test_any_page_of_results_fits_discord_s_limits(found: list[Hit], number: int) -> None:
    check_embed(render.results(Page(Search("query", publisher="p" * 100), tuple(found), number, 5)))


@few
@given(words)
def test_any_notice_fits_discord_s_limits(sentence: str) -> None:
    check_embed(render.notice(sentence or "."))
