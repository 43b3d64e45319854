from hypothesis import given

from bot import render
from tests.bot.conftest import check_embed
from tests.bot.generated import few, words


@few
@given(words)
def test_any_notice_fits_discord_s_limits(sentence: str) -> None:
    check_embed(render.notice(sentence or "."))
