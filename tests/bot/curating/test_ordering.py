"""What admins order is done by an indexer elsewhere: shown as ever, and not lost with either of the two processes."""

import asyncio
import inspect
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.archive import Archive, own_collection
from bot.client import Pullquote
from bot.curating import reports
from bot.curating.jobs import KIND, PAGE, UPLOAD, Jobs, Order
from index import ArchiveUnusable, Article, Errand, Errands, SystemClock, open_errands
from index.errands import Deed
from index.indexer import Indexer
from tests.bot.conftest import World
from tests.bot.fake_index import FakeIndex
from tests.engines import Postgres

ADDRESS = "https://news.example/ferry"
FERRY = Article(ADDRESS, "Ferry", "The ferry struck the pier.")


@pytest.fixture
def errands(postgres: Postgres, tmp_path: Path, archive: Archive) -> Iterator[Errands]:
    opened = open_errands(postgres.config(tmp_path))
    assert opened
    archive.order_from(opened)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is tried again at once."""
    for module in ("bot.curating.orders", "bot.archive.ordering"):
        monkeypatch.setattr(f"{module}.AGAIN_S", 0)


@pytest.fixture
def indexer(errands: Errands, index: FakeIndex) -> Iterator[threading.Thread]:
    """Not begun yet."""
    index.pages[ADDRESS] = FERRY
    clock = SystemClock()
    thread = threading.Thread(target=Indexer(index, errands, clock).run)
    yield thread
    clock.stop()
    if thread.ident:
        thread.join()


async def test_an_indexer_does_what_is_ordered_and_the_message_shows_how_it_ended(
    world: World, indexer: threading.Thread
) -> None:
    indexer.start()
    await world.admin.slash(world.channel, "archive add", url=ADDRESS)
    assert "**1** added" in (world.shown().description or "")
    assert f"guild-{world.guild.id}" in {one.article.collection for one in world.index.articles.values()}
    await world.admin.slash(world.channel, "archive add", url=ADDRESS + "/none")
    assert "is not on an allowed host" in (world.shown().description or "")
    assert await world.archive.notes.recall(KIND) == []


async def waiting(world: World, **given: object) -> None:
    """Something is ordered, and no indexer is there to do it."""
    world.env.settle_timeout = 0.5
    with pytest.raises(TimeoutError):
        await world.admin.slash(world.channel, "archive add", **given)


def failing(call: Callable[..., Any], *numbers: int) -> Callable[..., Any]:
    """The call, but what a database's server that is being restarted makes of it at these of its turns."""
    turns = itertools.count(1)

    def take_turn() -> None:
        if next(turns) in numbers:
            raise ArchiveUnusable("The database could not be reached.")

    def called(*given: Any, **named: Any) -> Any:
        take_turn()
        return call(*given, **named)

    async def awaited(*given: Any, **named: Any) -> Any:
        take_turn()
        return await call(*given, **named)

    return awaited if inspect.iscoroutinefunction(call) else called


@pytest.mark.parametrize(("deed", "written_down"), [(PAGE, 1), (UPLOAD, 1), (PAGE, 0)])
async def test_the_next_process_shows_the_end_of_what_the_one_before_has_ordered_files_too(
    world: World,
    errands: Errands,
    indexer: threading.Thread,
    monkeypatch: pytest.MonkeyPatch,
    deed: Deed,
    written_down: int,
) -> None:
    indexer.start()
    shown = await world.admin.slash(world.channel, "archive add", url="https://bank.example/")
    assert shown.response
    assert world.env.bot
    token = next(one.path.split("/")[3] for one in world.env.http_requests if one.path.startswith("/webhooks/"))
    order = Order(id="0123abcd", guild_id=world.guild.id, channel_id=world.channel.id, deed=deed, what=ADDRESS,
                  message_id=shown.response.id * written_down, token=token,
                  application_id=world.env.bot.application_id or 0)  # fmt: skip
    await world.archive.notes.keep(KIND, order.key, order.written)
    own = own_collection(world.guild.id)
    errands.order(Errand(id=order.key, deed=deed, what=ADDRESS, collection=own, most=9, data=b"A title\nA text."))
    monkeypatch.setattr(Jobs, "left_over", failing(Jobs.left_over, 1))
    monkeypatch.setattr(errands, "standing", failing(errands.standing, 1))
    await world.env.restart_bot(Pullquote(world.archive))
    assert "**1** added" in (world.shown().description or "")
    assert await world.archive.notes.recall(KIND) == []
    assert len(world.index.articles) == 4


async def test_an_order_that_is_shown_is_done_and_shown_though_the_database_is_away_in_between(
    world: World, errands: Errands, indexer: threading.Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer.start()
    monkeypatch.setattr(errands, "standing", failing(errands.standing, 1, 2))
    monkeypatch.setattr(Jobs, "keep", failing(Jobs.keep, 2))
    monkeypatch.setattr(Jobs, "forget", failing(Jobs.forget, 1))
    monkeypatch.setattr("bot.curating.reports.keep", failing(reports.keep, 1))
    await world.admin.slash(world.channel, "archive add", url=ADDRESS)
    assert "**1** added" in (world.shown().description or "")


async def test_what_cannot_be_ordered_at_first_is_ordered_once_the_database_is_there(
    archive: Archive, errands: Errands, indexer: threading.Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer.start()
    monkeypatch.setattr(errands, "order", failing(errands.order, 1, 2))
    assert (await archive.add_page(ADDRESS, "guild-1", lambda _: None, ticket="1/a")).added == 1


async def test_the_message_says_so_where_no_indexer_takes_it_and_it_is_done_once_one_is_there(
    world: World, indexer: threading.Thread, postgres: Postgres, tmp_path: Path
) -> None:
    await waiting_in_vain(world, postgres, tmp_path)
    assert "Waiting for its turn" in (world.shown().description or "")
    indexer.start()
    await world.env.settle(timeout=30)
    assert "**1** added" in (world.shown().description or "")


async def test_what_is_cancelled_where_no_indexer_is_there_is_never_done(
    world: World, indexer: threading.Thread, postgres: Postgres, tmp_path: Path
) -> None:
    await waiting_in_vain(world, postgres, tmp_path)
    message = world.channel.last_message
    assert message
    await world.admin.click(message, label="Cancel")
    await world.env.settle(timeout=30)
    assert world.shown().title == "Cancelled"
    indexer.start()
    assert len(world.index.articles) == 3


async def waiting_in_vain(world: World, postgres: Postgres, folder: Path) -> None:
    """Something has been ordered two minutes ago, and the message says that nobody takes it."""
    await waiting(world, url=ADDRESS)
    assert "No indexer" not in (world.shown().description or "")
    name = postgres.url(folder).rpartition("/")[2]
    postgres.server.run(name, "UPDATE errands SET ordered_at = now() - interval '2 minutes'; NOTIFY pullquote_errands")
    async with asyncio.timeout(30):
        while "No indexer has taken this" not in (world.shown().description or ""):  # noqa: ASYNC110 - as NOTIFY comes
            await asyncio.sleep(0.05)


async def test_what_is_cancelled_before_an_indexer_takes_it_is_never_done(
    world: World, indexer: threading.Thread
) -> None:
    await waiting(world, url=ADDRESS)
    message = world.channel.last_message
    assert message
    with suppress(TimeoutError):
        await world.admin.click(message, label="Cancel")
    indexer.start()
    await world.env.settle(timeout=30)
    assert world.shown().title == "Cancelled"
    assert len(world.index.articles) == 3
