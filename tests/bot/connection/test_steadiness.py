import gc
import sys
from collections.abc import Iterator

import pytest
import simcord

from bot.archive import Archive
from bot.client import Pullquote
from bot.connection.steadiness import steady


class Lasting:
    """Something that is made while the bot comes up, as a server's channels are."""


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()


@pytest.fixture
def simcord_bot(archive: Archive) -> Pullquote:
    bot = Pullquote(archive)
    steady(bot)
    return bot


async def test_what_is_there_once_the_bot_has_come_up_is_not_searched_for_garbage_again(
    simcord_bot: Pullquote, simcord_env: simcord.Env
) -> None:
    assert gc.get_freeze_count() > 0
    later = Lasting()
    assert any(one is later for one in gc.get_objects())
    simcord_bot.dispatch("ready")
    await simcord_env.settle()
    assert not any(one is later for one in gc.get_objects())
