from hypothesis import given
from hypothesis import strategies as st

from bot.lists import embeds
from bot.lists.paging import HITS_A_PAGE, Page, Search
from index import Hit
from tests.bot.conftest import check_embed
from tests.bot.generated import few, hits


@few
@given(st.lists(hits, max_size=HITS_A_PAGE), st.integers(0, 4))
def test_any_page_of_results_fits_discord_s_limits(found: list[Hit], number: int) -> None:
    check_embed(embeds.results(Page(Search("query", publisher="p" * 100), tuple(found), number, 5)))
