import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.archive import AlreadyReindexing, Archive, Busy, Restarting, Stopped, TooLate, Writing, collections_of, readers
from index import Answer, ArchiveLocked, Filters, Progress, Records
from tests.bot.conftest import until
from tests.bot.fake_index import SUMMIT, FakeIndex

QUESTION = "Who was first to suggest postponing the summit?"
TODAY = date(2025, 11, 1)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


def silent(_: Progress) -> None:
    """Nobody listens."""


def closed(gate: threading.Event) -> FakeIndex:
    """An index that answers nothing until the gate opens."""
    index = FakeIndex(SUMMIT)
    index.before_read = index.before_write = until(gate)
    return index


async def test_an_answer_that_is_late_keeps_its_slot_until_its_thread_is_done(
    gate: threading.Event, records: Records
) -> None:
    archive = Archive(closed(gate), records, readers=1, waiting=0, deadline_s=0.5)
    with pytest.raises(TooLate):
        await archive.ask(QUESTION, TODAY, Filters())
    with pytest.raises(Busy):
        await archive.ask(QUESTION, TODAY, Filters())
    gate.set()
    await asyncio.sleep(0.05)
    assert isinstance(await archive.ask(QUESTION, TODAY, Filters()), Answer)
    archive.close()


async def test_a_question_given_up_while_it_waited_never_runs_and_frees_its_place(
    gate: threading.Event, records: Records
) -> None:
    index = closed(gate)
    archive = Archive(index, records, readers=1, waiting=1, deadline_s=0.05)
    first = asyncio.ensure_future(archive.ask(QUESTION, TODAY, Filters()))
    await asyncio.sleep(0)
    for _ in range(3):
        with pytest.raises(TooLate):
            await archive.search("summit", 5, Filters())
    with pytest.raises(TooLate):
        await first
    gate.set()
    archive.close()


async def test_one_who_waits_is_told_their_place_and_nobody_who_is_served(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch, records: Records
) -> None:
    monkeypatch.setattr(readers, "PLACE_TOLD_AFTER_S", (0.02, 0.02))
    archive = Archive(closed(gate), records, readers=1, waiting=2)
    told: dict[str, list[int]] = {"first": [], "second": [], "third": []}

    async def ask(who: str) -> None:
        async def tell_place(place: int) -> None:
            told[who].append(place)

        await archive.ask(QUESTION, TODAY, Filters(), tell_place=tell_place)

    asking = [asyncio.create_task(ask(who)) for who in told]
    await asyncio.sleep(0.2)
    with pytest.raises(Busy) as busy:
        await archive.ask(QUESTION, TODAY, Filters())
    assert busy.value.again_in_s >= 1
    gate.set()
    await asyncio.gather(*asking)
    assert told == {"first": [], "second": [1, 1], "third": [2, 2]}
    archive.close()


async def test_a_timeout_of_the_index_s_own_is_no_missed_deadline(records: Records) -> None:
    def fail() -> None:
        raise TimeoutError("the disk did not answer")

    index = FakeIndex(SUMMIT)
    index.before_read = fail
    archive = Archive(index, records)
    with pytest.raises(TimeoutError, match="the disk"):
        await archive.ask(QUESTION, TODAY, Filters())
    archive.close()


async def test_questions_are_answered_while_the_archive_is_written(
    gate: threading.Event, tmp_path: Path, records: Records
) -> None:
    index = FakeIndex(SUMMIT)
    index.before_write = until(gate)
    (tmp_path / "a.txt").write_text("A title\nThe text.", encoding="utf-8")
    archive = Archive(index, records, readers=1, waiting=0)
    work = asyncio.ensure_future(archive.reindex([str(tmp_path / "a.txt")], silent))
    await asyncio.sleep(0.01)
    assert isinstance(await archive.ask(QUESTION, TODAY, Filters()), Answer)
    with pytest.raises(AlreadyReindexing):
        await archive.reindex([], silent)
    gate.set()
    assert (await work).added == 1
    assert (await archive.reindex([], silent)).added == 0, "the next one may begin"
    archive.close()


async def test_changes_wait_for_their_turn_and_too_many_are_told_so(
    gate: threading.Event, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.archive.writer.WRITES", 1)
    index = closed(gate)
    archive = Archive(index, records)
    page = asyncio.ensure_future(archive.add_page("https://a.example/", "guild-7", silent))
    upload = asyncio.ensure_future(archive.add_upload("a.txt", b"A title\nThe text.", "guild-7", silent))
    await asyncio.sleep(0.01)
    for refused in (archive.remove("0" * 16, "guild-7"), archive.reindex([], silent)):
        with pytest.raises(Writing):
            await refused
    gate.set()
    assert ((await page).added, (await upload).added) == (0, 1)
    assert (await archive.reindex([], silent)).added == 0, "a reindexing that was refused blocks none"
    archive.close()


async def test_closing_ends_a_reindexing_at_its_next_step(
    gate: threading.Event, tmp_path: Path, records: Records
) -> None:
    sources = [tmp_path / name for name in ("a.txt", "b.txt")]
    for source in sources:
        source.write_text("A title\nThe text.", encoding="utf-8")
    index = closed(gate)
    archive = Archive(index, records)
    work = asyncio.ensure_future(archive.reindex([str(source) for source in sources], silent))
    await asyncio.sleep(0.01)
    threading.Timer(0.05, gate.set).start()
    archive.close()
    with pytest.raises(Stopped):
        await work
    assert len(index.articles) == 2, "what had been stored stays"


def locked(times: int) -> Callable[[], None]:
    """Another program that holds the archive for so many tries."""
    left = iter(range(times))

    def write() -> None:
        if next(left, None) is not None:
            raise ArchiveLocked("Process 1 is writing to the archive: try again when it is done.")

    return write


async def test_a_change_waits_for_another_program_that_writes(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.archive.writer.PAUSE_S", 0.001)
    index = FakeIndex(SUMMIT)
    archive = Archive(index, records)
    index.before_write = locked(3)
    assert (await archive.add_upload("a.txt", b"A title\nThe text.", "guild-7", silent)).added == 1
    index.before_write = locked(1)
    assert await archive.remove(SUMMIT.id, "public"), "and so does a removal"
    archive.close()


async def test_a_change_that_waits_too_long_for_another_program_says_so(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.archive.writer.PATIENCE_S", 0.0)
    index = FakeIndex(SUMMIT)
    index.before_write = locked(1)
    archive = Archive(index, records)
    with pytest.raises(ArchiveLocked):
        await archive.remove(SUMMIT.id, "public")
    archive.close()


async def test_a_bot_that_stops_does_not_wait_for_another_program(records: Records) -> None:
    index = FakeIndex(SUMMIT)
    index.before_write = locked(1_000)
    archive = Archive(index, records)
    waiting = asyncio.ensure_future(archive.remove(SUMMIT.id, "public"))
    await asyncio.sleep(0.01)
    archive.stop_taking()
    with pytest.raises(Restarting):
        await waiting
    archive.close()


def test_a_server_reads_what_is_public_and_its_own_and_nobody_else_s() -> None:
    assert collections_of(7) == ("public", "guild-7")
    assert collections_of(None) == ("public",)
