"""Small archives that can be worked out by hand: what tests of the store write, and what they expect to read."""

import itertools
import re
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index.archives import Store as AnyStore
from index.store import FoundPassage, Manifest, Store
from index.store.schema import _MIGRATIONS, APPLICATION_ID
from index.types import Article, Filters, ModelId, Passage, Vectors

DIMENSION = 8
MANIFEST = Manifest(ModelId(name="made up", revision="1" * 64, dimension=DIMENSION, max_tokens=256), passage_rules="1")
OTHER_MODEL = Manifest(ModelId(name="another", revision="2" * 64, dimension=4, max_tokens=256), passage_rules="1")
EVERYWHERE = Filters(collections=("public", "g1", "g2"))
NAMES = tuple(f"city{n}" for n in range(30))  # the articles of the archive that conftest.py writes
ALL = {f"On {name}" for name in NAMES}  # and their titles
PLENTY = 10_000  # more than any of these archives holds
Row = tuple[Article, Sequence[Passage], Vectors]


def vector_of(text: str, dimension: int = DIMENSION) -> Vectors:
    """A unit vector that depends on the text alone. All its numbers are halves, so sums of products are exact."""
    state = np.random.default_rng(zlib.crc32(text.encode()))
    vector = np.zeros(dimension, np.float32)
    vector[state.permutation(dimension)[:4]] = state.choice([-0.5, 0.5], 4)
    return vector


def article(name: str, text: str = "", **fields: object) -> Article:
    """An article under an address made of the name; its text holds the name as a word."""
    body = text or f"This is about {name}. Nobody else tells of {name}."
    return Article(**{"url": f"https://news.example/{name}", "title": f"On {name}", "text": body, **fields})  # type: ignore[arg-type]  # the fields are named by the test


def passages_of(one: Article) -> list[Passage]:
    """Sentences end at full stops here."""
    return [Passage(match.start(), match.end()) for match in re.finditer(r"[^.\s][^.]*\.?", one.text)]


def row(one: Article, dimension: int = DIMENSION) -> Row:
    """The article as the write path hands it over."""
    passages = passages_of(one)
    vectors = [vector_of(one.text[passage.start : passage.end], dimension) for passage in passages]
    return one, passages, np.array(vectors, np.float32).reshape(len(passages), dimension)


def write(store: AnyStore, *articles: Article) -> None:
    """Store the articles and publish."""
    with store.writer(MANIFEST) as writer:
        writer.put([row(one) for one in articles])


def new_archive(folder: Path, *articles: Article) -> Store:
    """An archive in a folder of its own."""
    store = Store.open(folder)
    write(store, *articles)
    return store


def make_older(folder: Path, schema: int) -> None:
    """Make the archive one that a release with this schema wrote: what later ones keep besides is lost."""
    file = folder / "archive.sqlite"
    now = file.rename(folder / "now.sqlite")
    with closing(sqlite3.connect(file, isolation_level=None)) as older:
        older.execute("ATTACH ? AS now", (str(now),))
        for step in itertools.chain.from_iterable(_MIGRATIONS[:schema]):
            older.execute(step)
        for (table,) in older.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            columns = ", ".join(row[1] for row in older.execute(f"PRAGMA table_info ({table})"))
            older.execute(f"DELETE FROM {table}")  # noqa: S608 - of the schema
            older.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM now.{table}")  # noqa: S608 - likewise
        older.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        older.execute(f"PRAGMA user_version = {schema}")
    now.unlink()


def ranked_by_vector(store: AnyStore, filters: Filters = EVERYWHERE) -> list[FoundPassage]:
    """All that the dense leg ranks."""
    snapshot = store.snapshot()
    return snapshot.get([passage_id for passage_id, _ in snapshot.dense(vector_of("any"), PLENTY, filters)])


def ranked_by_words(store: AnyStore, words: Iterable[str], filters: Filters = EVERYWHERE) -> list[FoundPassage]:
    """All that the lexical leg ranks for any of the words."""
    snapshot = store.snapshot()
    return snapshot.get([passage_id for passage_id, _ in snapshot.lexical(" ".join(words), PLENTY, filters)])


def titles(found: Iterable[FoundPassage]) -> set[str]:
    """Of the articles that the passages are from."""
    return {one.stored.article.title for one in found}


def day(number: int) -> datetime:
    """A day of 2025."""
    return datetime(2025, 1, number, tzinfo=UTC)
