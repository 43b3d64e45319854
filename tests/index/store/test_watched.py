"""The rows of sources and pages: what is due, what a listing changes, and what must not be lost between the two."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archives import Store
from index.store import Source, WatchedPage
from index.store import Store as Embedded
from tests.engines import Engine, archive_of
from tests.fakes import START
from tests.index.store.archives import article, new_archive, write

EVERY = timedelta(minutes=15)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=300)).map(lambda past: START - past)
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@dataclass(frozen=True)
class Named:
    """A page as a listing names it."""

    url: str
    updated_at: datetime | None = None
    published_at: datetime | None = None
    publisher: str | None = None


@pytest.fixture
def store(engine: Engine, tmp_path: Path) -> Iterator[Store]:
    opened = archive_of(engine, tmp_path, article("one"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def fresh(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Store]:
    """An archive of its own for each example."""
    return lambda: engine.open(tmp_path_factory.mktemp("archive"))


def feed(store: Store, address: str = "https://a.example/feed") -> Source:
    added = store.watched.add(address, "feed", "public", every=EVERY, now=START)
    assert added is not None
    return added


def read(store: Store, source: Source, *entries: Named, now: datetime = START) -> None:
    store.watched.looked(source, now=now, due_at=now + EVERY, entries=entries, listings={})


def due(store: Store, source: Source, now: datetime = START) -> list[str]:
    return [page.url for page in store.watched.due_pages(source.id, now, 100)]


@settings(deadline=None, max_examples=25)  # each makes an archive
@given(
    updated=st.none() | MOMENTS,
    due_at=st.none() | MOMENTS,
    gone=st.none() | MOMENTS,
    texts=st.tuples(*[TEXTS] * 6),
    failures=st.integers(0, 100),
)
def test_a_page_reads_as_it_was_written(
    updated: datetime | None,
    due_at: datetime | None,
    gone: datetime | None,
    texts: tuple[str | None, ...],
    failures: int,
    fresh: Callable[[], Store],
) -> None:
    store = fresh()
    source = feed(store)
    names = ("publisher", "etag", "last_modified", "digest", "article_id", "reason")
    page = WatchedPage(
        collection="public",
        url="https://a.example/1",
        source_id=source.id,
        updated_at=updated,
        due_at=due_at,
        gone_since=gone,
        failures=failures,
        listed_at=START,
    )
    page = replace(page, **dict(zip(names, texts, strict=True)))  # type: ignore[arg-type]  # all of them are texts
    store.watched.keep([page])
    assert store.watched.pages(source.id) == {page.url: page}
    store.close()


def test_an_address_is_watched_once_in_a_collection(store: Store) -> None:
    first = feed(store)
    assert store.watched.add(first.address, "feed", "public", every=EVERY, now=START) is None
    assert store.check() == ()  # the refusal dealt out no number: that would look like damage
    assert store.watched.add(first.address, "feed", "other", every=EVERY, now=START) is not None
    assert [one.collection for one in store.watched.named(first.address)] == ["public", "other"]
    assert store.watched.named(str(first.id)) == [first]


def test_a_page_is_due_when_it_is_new_and_when_a_listing_tells_of_a_later_change(store: Store) -> None:
    source = feed(store)
    read(store, source, Named("a", START), Named("b"))
    assert due(store, source) == ["a", "b"]
    store.watched.keep([replace(page, due_at=None) for page in store.watched.pages(source.id).values()])
    read(store, source, Named("a", START), Named("b"))
    read(store, source, Named("a", START - EVERY), Named("b", None))
    assert due(store, source) == []
    read(store, source, Named("a", START + EVERY), Named("b", START))
    assert set(due(store, source)) == {"a", "b"}


def test_a_change_that_a_listing_tells_while_the_page_is_fetched_is_not_lost(store: Store) -> None:
    source = feed(store)
    read(store, source, Named("a", START))
    (fetched,) = store.watched.due_pages(source.id, START, 1)
    read(store, source, Named("a", START + EVERY), now=START + EVERY)
    store.watched.keep([replace(fetched, checked_at=START, due_at=START + timedelta(days=1))])
    assert due(store, source, START + EVERY) == ["a"]


def test_what_a_listing_said_first_of_a_page_stays(store: Store) -> None:
    source = feed(store)
    read(store, source, Named("a", START, START, None))
    read(store, source, Named("a", START + EVERY, START + EVERY, "The Post"))
    page = store.watched.pages(source.id)["a"]
    assert (page.updated_at, page.published_at, page.publisher) == (START + EVERY, START, "The Post")


def test_sources_are_due_by_themselves_or_by_their_pages_unless_paused(store: Store) -> None:
    source = feed(store)
    assert store.watched.next_due() == START
    assert [one.id for one in store.watched.due(START)] == [source.id]
    read(store, source, Named("a"))
    assert [one.id for one in store.watched.due(START)] == [source.id]
    store.watched.keep([replace(page, due_at=None) for page in store.watched.pages(source.id).values()])
    assert store.watched.due(START) == []
    assert store.watched.next_due() == START + EVERY
    store.watched.pause(source.id)
    store.watched.hurry(START)
    assert store.watched.due(START + timedelta(days=9)) == []
    assert store.watched.next_due() is None


def test_a_failure_is_counted_until_a_look_goes_well(store: Store) -> None:
    source = feed(store)
    for times in (1, 2):
        store.watched.failed(source, "is not there (404)", now=START, due_at=START + EVERY)
        (source,) = store.watched.sources()
        assert (source.failures, source.error, source.succeeded_at) == (times, "is not there (404)", None)
    read(store, source)
    assert [(one.failures, one.error, one.succeeded_at) for one in store.watched.sources()] == [(0, None, START)]


def test_a_listing_is_known_by_its_validators_until_the_next_look(store: Store) -> None:
    source = feed(store)
    known = {"https://a.example/feed": ('"1"', None), "https://a.example/in": (None, "Mon, 02 Mar 2026 06:00:00 GMT")}
    store.watched.looked(source, now=START, due_at=START, listings=known)
    assert store.watched.listings(source.id) == known
    store.watched.looked(source, now=START, due_at=START, listings={})
    assert store.watched.listings(source.id) == {}


def test_an_article_is_gone_when_all_of_its_pages_are_and_were_again_when_looked_at(store: Store) -> None:
    source = feed(store)
    read(store, source, Named("https://a.example/a"), Named("https://a.example/b"))
    later, one = START + timedelta(days=3), article("one").id
    pages = [
        replace(page, article_id=one, gone_since=START, checked_at=START)
        for page in store.watched.pages(source.id).values()
    ]
    store.watched.keep(pages)
    assert store.watched.gone_since(START) == {one: START}
    assert store.watched.gone_since(later) == {}  # nobody has looked since
    store.watched.keep([replace(page, checked_at=later) for page in pages])
    assert store.watched.gone_since(later) == {one: START}
    assert store.watched.gone_since(START - EVERY) == {}  # it was there then
    store.watched.keep([replace(pages[0], gone_since=None, checked_at=later)])
    assert store.watched.gone_since(later) == {}


def test_what_is_gone_with_most_of_its_source_or_host_is_not_said_to_be(store: Store) -> None:
    names = [f"n{number}" for number in range(12)]
    write(store, *(article(name) for name in names))
    source, later = feed(store), START + timedelta(days=3)

    def gone(count: int, host: str = "a.example", *, of: int = 12) -> dict[str, datetime]:
        pages = [
            WatchedPage(
                collection="public", url=f"https://{host}/{name}", source_id=source.id, article_id=article(name).id,
                listed_at=START, checked_at=later, gone_since=START if number < count else None,
            )
            for number, name in enumerate(names[:of])
        ]  # fmt: skip
        store.watched.keep(pages)
        return store.watched.gone_since(later)

    assert len(gone(6)) == 6, "half of them"
    assert store.health.held_back(later + timedelta(days=3)) == {}
    assert gone(7) == {}, "more than half"
    assert gone(12) == {}
    assert store.health.held_back(later + timedelta(days=3)) == {source.id: 12}
    gone(0)
    assert len(gone(9, "b.example", of=9)) == 0, "all of its host, and the same articles are elsewhere still"
    assert gone(0, "b.example") == {}


def test_sources_are_in_a_backup_and_writing_them_asks_for_no_new_legs(tmp_path: Path) -> None:
    store = new_archive(tmp_path / "data", article("one"))
    with store._database.reading() as connection:
        before = dict(connection.execute("SELECT key, value FROM meta"))
    source = feed(store)
    read(store, source, Named("a", START))
    with store._database.reading() as connection:
        assert dict(connection.execute("SELECT key, value FROM meta")) == before
    store.backup(tmp_path / "saved")
    Embedded.restore(tmp_path / "other", tmp_path / "saved")
    other = Embedded.open(tmp_path / "other")
    assert other.watched.sources() == store.watched.sources()
    assert other.watched.pages(source.id) == store.watched.pages(source.id)
    other.close()


def test_removing_a_source_leaves_its_pages_to_whoever_names_them_next(store: Store) -> None:
    source = feed(store)
    read(store, source, Named("a", START))
    store.watched.keep([replace(page, digest="x", due_at=None) for page in store.watched.pages(source.id).values()])
    store.watched.remove(source.id)
    again = feed(store, "https://a.example/sitemap.xml")
    read(store, again, Named("a", START))
    assert store.watched.pages(again.id)["a"].digest == "x"
    assert due(store, again) == []
