"""What one server has added never reaches another: by the filters, and a second time by the database itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Answer, Article, Filters, NewsIndex
from index.postgres import PostgresStore
from index.postgres.database import Database
from tests.engines import Engine, Postgres, archive_of, news_index
from tests.index.store.archives import EVERYWHERE, PLENTY, article, vector_of

QUICK = settings(max_examples=25, deadline=None)
# Names that would end an array, a string or a statement that is put together badly.
COLLECTIONS = ("public", "guild-1", "guild-11", 'a"b', "a,b", "{a}", "a\\", "NULL", "", "'; --")
ALL_NAMES = (*COLLECTIONS, "é\x00")
SAID = "The ferry of {name} struck the pier. Captain Ines Roth of {name} said 14 people were hurt."


@pytest.fixture(scope="module")
def index(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewsIndex]:
    """Each collection has the same news, in its own words."""
    opened = news_index(engine, tmp_path_factory.mktemp("archive"))
    for number, name in enumerate(COLLECTIONS):
        told = SAID.format(name=f"port{number}")
        url = "https://a.example/ferry"
        opened.add([Article(url=url, title="Ferry", text=told, publisher=f"P{number}", collection=name)])
    yield opened
    opened.close()


@QUICK
@given(names=st.lists(st.sampled_from([*COLLECTIONS, "nobody's"]), max_size=3).map(tuple))
def test_who_asks_gets_what_the_named_collections_hold_and_nothing_of_others(
    index: NewsIndex, names: tuple[str, ...]
) -> None:
    filters = Filters(collections=names)
    there = set(names) & set(COLLECTIONS)
    answer = index.ask("How many people did the captain say were hurt?", filters=filters)
    quoted = {quote.stored.article.collection for quote in answer.quotes} if isinstance(answer, Answer) else set()
    assert quoted <= there
    assert {hit.stored.article.collection for hit in answer.hits} == there
    assert {hit.stored.article.collection for hit in index.search("ferry pier", 50, filters)} == there
    assert {stored.article.collection for stored in index.recent(50, filters)} == there
    assert index.publishers(filters) == tuple(sorted(f"P{COLLECTIONS.index(name)}" for name in there))
    assert set(index.status(names).collections) == there
    assert index.status(names).articles == len(there)


@pytest.fixture(scope="module")
def database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("archive")
    store = archive_of(postgres, folder, *(article(f"n{n}", collection=one) for n, one in enumerate(ALL_NAMES)))
    store.close()
    opened = Database(postgres.url(folder))
    yield opened
    opened.close()


@QUICK
@given(names=st.lists(st.sampled_from(ALL_NAMES) | st.text(max_size=5).filter(str.isprintable), max_size=3))
def test_a_query_without_any_filter_still_reads_the_named_collections_alone(
    database: Database, names: list[str]
) -> None:
    with database.reading(names) as connection:
        found = {row[0] for row in connection.execute("SELECT collection FROM articles")}
    assert found == set(names) & set(ALL_NAMES)


def test_a_transaction_that_names_no_collection_reads_nothing(database: Database) -> None:
    with database.plain() as connection:
        for table in ("articles", "versions"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608 - of this test
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (len(ALL_NAMES),)
    with database.reading([]) as connection:  # on the same connection: what one transaction sees the next does not
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (0,)


def test_passages_of_a_collection_that_was_not_asked_about_are_not_read_whoever_knows_their_numbers(
    postgres: Postgres, tmp_path: Path
) -> None:
    store = archive_of(postgres, tmp_path, article("mine"), article("theirs", collection="g1"))
    assert isinstance(store, PostgresStore)
    everything = store.snapshot()
    ids = [passage_id for passage_id, _ in everything.dense(vector_of("q"), PLENTY, EVERYWHERE)]
    snapshot = store.snapshot()
    assert snapshot.get(ids) == []
    snapshot.dense(vector_of("q"), 1, Filters())
    assert {one.stored.article.collection for one in snapshot.get(ids)} == {"public"}
    stories = {article("mine").id, article("theirs", collection="g1").id}
    assert [carrier.article_id for carrier in snapshot.carriers(stories)] == [article("mine").id]
    assert snapshot.earlier(article("theirs", collection="g1").id) == []
    store.close()
