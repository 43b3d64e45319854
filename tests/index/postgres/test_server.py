"""What can happen to a server, its tables and those who are connected to it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from index.errors import ArchiveLocked, ArchiveUnusable
from index.postgres import PostgresStore
from index.postgres.schema import DISTRIBUTED, LATEST
from index.types import Filters
from tests.citus_cluster import Cluster
from tests.engines import Postgres
from tests.index.store.archives import MANIFEST, OTHER_MODEL, article, ranked_by_vector, row, titles, write
from tests.postgres_server import ROLE, Server, running_server


@pytest.fixture
def store(postgres: Postgres, tmp_path: Path) -> Iterator[PostgresStore]:
    opened = PostgresStore.open(postgres.url(tmp_path), tmp_path)
    write(opened, article("a"), article("b"))
    yield opened
    opened.close()


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def test_every_key_of_what_is_spread_over_shards_holds_the_column_that_it_is_spread_by(
    store: PostgresStore, postgres: Postgres, tmp_path: Path
) -> None:
    keys = rows(
        postgres.url(tmp_path),
        "SELECT indrelid::regclass::text, string_agg(attname::text, ' ') FROM pg_index JOIN pg_attribute"
        " ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indisunique GROUP BY indexrelid, indrelid",
    )
    spread = [(DISTRIBUTED[str(name)], str(columns).split()) for name, columns in keys if name in DISTRIBUTED]
    assert len(spread) == len(DISTRIBUTED) + 1
    assert all(column in columns for column, columns in spread)
    url = postgres.url(tmp_path)
    ours = "SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace"  # Citus has some of its own
    triggers = f"SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN ({ours})"  # noqa: S608 - no input
    assert rows(url, triggers) == []
    assert rows(url, "SELECT attname FROM pg_attribute WHERE attidentity != ''") == []
    assert store.check() == ()


def test_many_may_open_a_new_database_at_once(postgres_server: Server | Cluster, tmp_path: Path) -> None:
    url = postgres_server.new_database()
    assert not PostgresStore.exists(url)
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: PostgresStore.open(url, tmp_path), range(4)))
    assert rows(url, "SELECT version FROM pullquote_schema") == [(LATEST,)]
    assert PostgresStore.exists(url)
    for one in stores:
        one.close()


def test_tables_of_a_newer_release_are_left_alone(store: PostgresStore, postgres: Postgres, tmp_path: Path) -> None:
    with psycopg.connect(postgres.url(tmp_path)) as connection:
        connection.execute("INSERT INTO pullquote_schema VALUES (%s)", (LATEST + 1,))
    with pytest.raises(ArchiveUnusable, match="upgrade pullquote"):
        PostgresStore.open(postgres.url(tmp_path), tmp_path)
    assert store.info().articles == 2


def test_a_database_without_pgvector_is_told_what_it_lacks(postgres_server: Server | Cluster, tmp_path: Path) -> None:
    url = postgres_server.new_database("template0")
    with pytest.raises(ArchiveUnusable, match=r"lacks the extension pgvector.*CREATE EXTENSION vector"):
        PostgresStore.open(url, tmp_path)


def test_a_server_that_is_not_there_is_a_sentence_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="could not be reached") as caught:
        PostgresStore.open("postgresql://me:secret@127.0.0.1:1/news", tmp_path)
    assert "secret" not in str(caught.value)
    with pytest.raises(ArchiveUnusable, match="PULLQUOTE_DATABASE_URL") as caught:
        PostgresStore.open("postgresql://me:secret@[", tmp_path)
    assert "secret" not in str(caught.value)


def test_a_second_writer_hears_who_the_first_is(store: PostgresStore, postgres: Postgres, tmp_path: Path) -> None:
    other = PostgresStore.open(postgres.url(tmp_path), tmp_path)
    with store.writer(MANIFEST), pytest.raises(ArchiveLocked, match=r"^Process \d+ on .* is writing to"):  # noqa: SIM117
        with other.writer(MANIFEST):
            pass
    with store.watching(), pytest.raises(ArchiveLocked, match="watch"), other.watching():
        pass
    with other.writer(MANIFEST) as writer:
        writer.put([row(article("c"))])
    other.close()


def test_what_a_writer_stored_whose_connection_broke_is_found_when_the_archive_is_opened(
    store: PostgresStore, postgres: Postgres, tmp_path: Path
) -> None:
    name = postgres.url(tmp_path).rpartition("/")[2]
    with suppress(ArchiveUnusable), store.writer(MANIFEST) as writer:
        writer.put([row(article("c")), row(article("a", author="second"))])
        assert titles(ranked_by_vector(store)) == {"On a", "On b"}
        postgres.server.run(
            "postgres",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608
        )
        writer.put([row(article("d"))])
    again = PostgresStore.open(postgres.url(tmp_path), tmp_path)
    assert titles(ranked_by_vector(again)) == {"On a", "On b", "On c"}
    assert {one.stored.version for one in ranked_by_vector(again)} == {1, 2}
    assert again.check() == ()
    again.close()


def test_who_was_killed_between_the_two_steps_of_a_change_of_model_is_followed_by_one_who_ends_it(
    store: PostgresStore, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    table = [(one.article.id, *row(one.article, dimension=4)[1:], None) for one in store.articles()]
    with suppress(KeyboardInterrupt), store.writer(MANIFEST) as writer:
        monkeypatch.setattr("index.postgres.publishing.publish", die)
        writer.replace_all(OTHER_MODEL, table)
    assert store.manifest() == MANIFEST
    assert titles(ranked_by_vector(store)) == {"On a", "On b"}
    monkeypatch.undo()
    again = PostgresStore.open(postgres.url(tmp_path), tmp_path)
    assert again.manifest() == OTHER_MODEL
    assert again.check() == ()
    again.close()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE articles SET text = 'forged' WHERE title = 'On a'", "not what was stored"),
        ("UPDATE passages SET end_at = 999 WHERE id = 1", "not as it was stored"),
        ("UPDATE passages SET collection = 'g1' WHERE id = 1", "not as it was stored"),
        ("UPDATE passages SET vector = '[1,0,0,0,0,0,0,0]' WHERE id = 1", "not as it was stored"),
        ("UPDATE passages SET words = 'else:1' WHERE id = 1", "not found by its own words"),
        ("DELETE FROM passages WHERE id = 1", "1 passages where 2 were stored"),
        ("UPDATE words SET body = body + 1 WHERE word = 'nobodi'", "wrong figures"),
        ("UPDATE stories SET story = 'x'", "first article"),
        ("DELETE FROM meta WHERE key = 'manifest'", "which model"),
    ],
)
def test_the_check_finds_what_was_tampered_with(
    store: PostgresStore, postgres: Postgres, tmp_path: Path, sql: str, says: str
) -> None:
    postgres.server.run(postgres.url(tmp_path).rpartition("/")[2], sql)
    problems = store.check()
    assert any(says in problem for problem in problems), problems


def test_a_rebuild_mends_what_can_be_derived(store: PostgresStore, postgres: Postgres, tmp_path: Path) -> None:
    otherwise = "UPDATE passages SET words = 'else:1' WHERE id = 1"
    for sql in (otherwise, "UPDATE words SET body = 9", "DELETE FROM lengths"):
        postgres.server.run(postgres.url(tmp_path).rpartition("/")[2], sql)
    with store.writer(MANIFEST) as writer:
        writer.rebuild_legs()
    assert store.check() == ()
    assert len(store.snapshot().lexical("nobody", 9, Filters())) == 2


def test_nothing_that_was_deleted_stands_in_any_table(store: PostgresStore, postgres: Postgres, tmp_path: Path) -> None:
    write(store, article("z", text="Zanzibar is told of. Timbuktu too.", title="Xanadu", publisher="Qwerty"))
    write(store, article("z", text="Zanzibar is told of again.", title="Xanadu", publisher="Qwerty"))
    with store.writer(MANIFEST) as writer:
        writer.delete([article("z").id])
    url = postgres.url(tmp_path).replace(f"{ROLE}@", "postgres@")
    for (table,) in rows(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        told = str(rows(url, f"SELECT * FROM {table}")).casefold()  # noqa: S608 - of the database
        assert not any(word in told for word in ("zanzibar", "timbuktu", "xanadu", "qwerty", "news.example/z"))


@pytest.mark.slow  # a server that is gone is waited for
def test_nothing_acknowledged_is_lost_when_the_server_is_killed_and_readers_go_on_when_it_is_back(
    tmp_path: Path,
) -> None:
    with running_server() as server:
        store = PostgresStore.open(server.new_database(), tmp_path)
        stored: set[str] = set()
        for number in range(2):
            with suppress(ArchiveUnusable), store.writer(MANIFEST) as writer:
                for part in range(3):
                    writer.put([row(article(f"n{number}-{part}"))])
                    stored.add(f"On n{number}-{part}")
                server.kill()
                writer.put([row(article(f"lost{number}"))])
            with pytest.raises(ArchiveUnusable, match="try again"):
                store.info()
            server.start()
            again = PostgresStore.open(server.url("t0"), tmp_path)
            again.close()
            assert titles(ranked_by_vector(store)) == stored
            assert store.check() == ()
        store.close()


def test_a_moment_is_another_one_after_whatever_changes_what_is_read(store: PostgresStore) -> None:
    snapshot = store.snapshot()
    before = snapshot.moment()
    assert snapshot.moment() == store.snapshot().moment() == before
    with store.writer(MANIFEST) as writer:
        writer.put([row(article("c"))])
        stored = snapshot.moment()
        writer.delete([article("a").id])
        assert len({before, stored, snapshot.moment()}) == 3
    snapshot.lexical("nobody", 9, Filters())
    found = [passage_id for passage_id, _ in snapshot.lexical("nobody", 9, Filters())]
    assert snapshot.owners(found) == [(one.stored.article.id, one.stored.story) for one in snapshot.get(found)]
