"""Whatever is done to an archive and in whatever order: last write wins, deleted is gone, offsets are exact."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from index import Article, Filters, IndexConfig, NewsIndex, Progress, build
from tests.engines import Embedded, Engine
from tests.fakes import WordEncoder, WordReader

NAMES = ("anna", "bert", "cleo", "dora", "emil")
COLLECTIONS = ("public", "guild-7")
EVERYWHERE = Filters(collections=COLLECTIONS)
MODELS = ("one", "another", "third")
PARAGRAPHS = (
    "The ferry struck the pier.",
    "Nobody was hurt, she said.",
    "“It will sail again,” he said.",
    "Élan — 火.",
)
PLENTY = 1_000


def article_of(name: str, collection: str, edition: list[int], author: str | None = None) -> Article:
    """A text of several passages, some of which it may share with others."""
    text = "\n\n".join(f"{PARAGRAPHS[n]} {'It goes on here. ' * 40}" for n in edition)
    url = f"https://a.example/{name}"
    return Article(url=url, title="News of the day", text=text, author=author, collection=collection)


class StopAt:
    """A listener that ends a rebuild where it stands."""

    def __init__(self, done: int) -> None:
        self._done = done

    def __call__(self, now: Progress) -> None:
        if now.stage == "encoding" and now.done >= self._done:
            raise KeyboardInterrupt


class LivingArchive(RuleBasedStateMachine):
    """The archive behind its front door, beside a dict."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[str, Article] = {}
        self.encoder = WordEncoder(name=MODELS[0])
        self.backup: tuple[dict[str, Article], WordEncoder] | None = None
        self.index = self._opened(self.encoder)

    def _opened(self, encoder: WordEncoder) -> NewsIndex:
        return NewsIndex.open(self.engine.config(self.folder / "data"), encoder=encoder, reader=WordReader())

    @rule(
        names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4),
        edition=st.lists(st.integers(0, len(PARAGRAPHS) - 1), max_size=4),
        collection=st.sampled_from(COLLECTIONS),
    )
    def add(self, names: list[str], edition: list[int], collection: str) -> None:
        batch = [article_of(name, collection, [*edition, n % len(PARAGRAPHS)]) for n, name in enumerate(names)]
        self.index.add(batch)
        self.model |= {one.id: one for one in batch}

    @precondition(lambda self: self.model)
    @rule(author=st.sampled_from(["", "Ines Roth", "Ann Wise"]))
    def change_the_author_of_all(self, author: str) -> None:
        encoded = self.encoder.encoded
        batch = [replace(one, author=author) for one in self.model.values()]
        self.index.add(batch)
        assert self.encoder.encoded == encoded  # it is not part of what is encoded
        self.model |= {one.id: one for one in batch}

    @rule()
    def add_all_again(self) -> None:
        encoded = self.encoder.encoded
        assert self.index.add(self.model.values()).unchanged == len(self.model)
        assert self.encoder.encoded == encoded

    @rule(names=st.sets(st.sampled_from(NAMES), min_size=1), collection=st.sampled_from(COLLECTIONS))
    def remove(self, names: set[str], collection: str) -> None:
        ids = [article_of(name, collection, []).id for name in names]
        assert self.index.remove(ids) == len(set(ids) & set(self.model))
        self.model = {known: one for known, one in self.model.items() if known not in ids}

    @rule()
    def rebuild(self) -> None:
        encoded = self.encoder.encoded
        self.index.rebuild()
        assert self.encoder.encoded == encoded

    @rule(name=st.sampled_from(MODELS), stopped_at=st.none() | st.integers(0, 5))
    def rebuild_with_a_model(self, name: str, stopped_at: int | None) -> None:
        """Stopped somewhere, or to the end."""
        encoder = WordEncoder(name=name)
        index = self._opened(encoder)
        listener: Callable[[Progress], None] = StopAt(PLENTY if stopped_at is None else stopped_at)
        try:
            index.rebuild(on_progress=listener)
        except KeyboardInterrupt:
            index.close()
            return
        self.index.close()
        self.index, self.encoder = index, encoder

    @precondition(lambda self: self.engine.name == "embedded")
    @rule()
    def back_up(self) -> None:
        self.index.backup(self.folder / "backup")
        self.backup = dict(self.model), self.encoder

    @precondition(lambda self: self.backup)
    @rule()
    def restore(self) -> None:
        assert self.backup
        self.index.close()
        NewsIndex.restore(IndexConfig(data=self.folder / "data"), self.folder / "backup")
        self.model, self.encoder = dict(self.backup[0]), self.backup[1]
        self.index = self._opened(self.encoder)

    @invariant()
    def every_article_reads_as_last_written_and_no_other_is_there(self) -> None:
        for name in NAMES:
            for collection in COLLECTIONS:
                known = article_of(name, collection, []).id
                stored = self.index.show(known)
                assert (stored.article if stored else None) == self.model.get(known)
        assert self.index.status().articles == len(self.model)

    @invariant()
    def all_passages_are_found_with_exact_offsets_and_nothing_else(self) -> None:
        snapshot = self.index._snapshot()
        vector = self.encoder.encode(["ferry"])[0]
        self.encoder.encoded -= 1
        found = snapshot.get([i for i, _ in snapshot.dense(vector, PLENTY, EVERYWHERE)])
        there = sorted((one.stored.article.id, one.passage.start, one.passage.end) for one in found)
        cuts = [build.cut(one, self.encoder) for one in self.model.values()]
        assert there == sorted((one.id, cut.start, cut.end) for one, passages in cuts for cut in passages)
        assert all(one.stored.article == self.model[one.stored.article.id] for one in found)
        for hit in self.index.search("It goes on here", 20, EVERYWHERE):
            assert self.model[hit.stored.article.id].text[hit.passage.start : hit.passage.end] == hit.text
        self.encoder.encoded -= 1

    @invariant()
    def every_vector_is_that_of_what_is_told_of_its_passage(self) -> None:
        store = self.engine.open(self.folder / "data")
        told = build.described([build.cut(one, self.encoder) for one in self.model.values()], self.encoder)
        texts = {source: text for of_one in told.values() for source, text in of_one}
        known = store.known_vectors(texts)
        assert set(known) == set(texts)
        for source, text in texts.items():
            assert known[source] == pytest.approx(WordEncoder().encode([text])[0], abs=1e-3)
        store.close()

    def teardown(self) -> None:
        assert self.index.check() == ()
        self.index.close()
        shutil.rmtree(self.folder)


def test_a_living_archive(engine: Engine) -> None:
    few = settings(max_examples=3, stateful_step_count=6, deadline=None)
    run_state_machine_as_test(lambda: LivingArchive(engine), settings=few)  # type: ignore[arg-type]  # whatever makes one


@pytest.mark.slow
def test_a_long_living_archive() -> None:
    many = settings(max_examples=8, stateful_step_count=16, deadline=None)
    run_state_machine_as_test(lambda: LivingArchive(Embedded()), settings=many)  # type: ignore[arg-type]  # likewise
