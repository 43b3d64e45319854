"""With an index of vectors the dense leg is approximate: it must find nearly all that looking at every vector finds."""

from collections.abc import Iterator

import numpy as np
import pytest

from index.postgres import PostgresStore, dense
from index.store import Manifest
from index.types import Article, Filters, ModelId, Passage, Vectors
from tests.engines import Postgres

DIMENSION = 32
ARTICLES, EACH = 60, 40
K = 50
MANIFEST = Manifest(ModelId(name="made up", revision="1" * 64, dimension=DIMENSION, max_tokens=256), passage_rules="1")
SHARES = {"public": 0.89, "rare": 0.11}  # of the articles


def unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def collection_of(number: int) -> str:
    return "rare" if number % 9 == 0 else "public"


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """As real ones are: about some subjects, and near one another within each."""
    dice = np.random.default_rng(1)
    subjects = dice.standard_normal((30, DIMENSION))
    near = subjects[dice.integers(0, 30, ARTICLES * EACH)] + 0.5 * dice.standard_normal((ARTICLES * EACH, DIMENSION))
    return unit(near.astype(np.float32))


@pytest.fixture(scope="module")
def store(postgres: Postgres, vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresStore]:
    folder = tmp_path_factory.mktemp("archive")
    opened = PostgresStore.open(postgres.url(folder), folder, exact=100, indexed_from=1_000)
    text = "".join(f"Sentence {n:03}. " for n in range(EACH))
    passages = [Passage(n * 14, n * 14 + 13) for n in range(EACH)]
    with opened.writer(MANIFEST) as writer:
        for number in range(ARTICLES):
            one = Article(
                f"https://a.example/{number}", f"T{number}", f"{number} {text}", collection=collection_of(number)
            )
            writer.put([(one, passages, vectors[number * EACH : (number + 1) * EACH])])
    yield opened
    opened.close()


@pytest.mark.parametrize("collections", [("public", "rare"), ("public",), ("rare",)])
def test_nearly_all_of_the_nearest_passages_are_found_however_few_the_filters_leave(
    store: PostgresStore, vectors: Vectors, collections: tuple[str, ...]
) -> None:
    allowed = np.array([collection_of(row // EACH) in collections for row in range(len(vectors))])
    dice = np.random.default_rng(2)
    recalls = []
    for _ in range(20):
        question = unit((vectors[dice.integers(len(vectors))] + 0.3 * dice.standard_normal(DIMENSION))[None])[0]
        exact = np.where(allowed, vectors.astype(np.float16).astype(np.float32) @ question, -2)
        best = set(np.argsort(-exact)[:K].tolist())
        snapshot = store.snapshot()
        found = snapshot.dense(question, K, Filters(collections=collections))
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        rows = {_row(one.stored.article, one.passage) for one in snapshot.get([i for i, _ in found])}
        assert len(rows) == K
        assert all(allowed[list(rows)])
        recalls.append(len(rows & best) / K)
    assert np.mean(recalls) >= 0.97
    assert min(recalls) >= 0.85


def test_the_index_is_used_where_the_filters_leave_much_and_only_there(store: PostgresStore) -> None:
    with store._database.reading() as connection:
        assert dense.has_index(connection, 1)
        for way in ("seqscan", "sort", "bitmapscan"):  # with so few rows others are cheaper
            connection.execute(f"SET LOCAL enable_{way} = off")
        where = "collection = ANY (%(collections)s) AND model = %(model)s AND born <= %(publication)s"
        values: dict[str, object] = {"collections": ["public", "rare"], "model": 1, "publication": 1, "k": 5, "more": 9}
        values |= dict.fromkeys(("whole", "half"), str([1.0] + [0.0] * (DIMENSION - 1)))
        plans = [
            str(connection.execute(f"EXPLAIN {query}", values).fetchall())
            for query in (dense._by_index(where, DIMENSION, 1), dense._exact(where, DIMENSION))
        ]
    assert "passages_by_vector_1" in plans[0]
    assert "passages_by_vector_1" not in plans[1]


def test_the_index_goes_with_its_model(store: PostgresStore, vectors: Vectors) -> None:
    other = Manifest(ModelId(name="other", revision="2" * 64, dimension=DIMENSION, max_tokens=256), passage_rules="1")
    question = vectors[0]
    before = store.snapshot()
    with store.writer(MANIFEST) as writer:
        rows = [
            (stored.article.id, [Passage(0, 9)], -vectors[number : number + 1], None)
            for number, stored in enumerate(store.articles())
        ]
        writer.replace_all(other, rows)
        assert len(before.dense(question, K, Filters(collections=("public", "rare")))) == K  # goes on as it was
        assert store.snapshot().manifest == other
        assert len(store.snapshot().dense(question, 99, Filters(collections=("public", "rare")))) == ARTICLES
    assert store.check() == ()
    with store.writer(other) as writer:
        writer.replace_all(MANIFEST, [(row[0], row[1], vectors[n : n + 1], None) for n, row in enumerate(rows)])
    assert store.manifest() == MANIFEST


def _row(article: Article, passage: Passage) -> int:
    return int(article.title[1:]) * EACH + passage.start // 14
