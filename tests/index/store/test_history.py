"""After any sequence of writes an id reads as last written, is found old or new but whole, and not once deleted."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from index.archives import Writer
from index.store import FoundPassage, Store
from index.types import Article
from tests.engines import Embedded, Engine
from tests.index.store.archives import MANIFEST, article, passages_of, ranked_by_vector, ranked_by_words, row

NAMES = ("anna", "bert", "cleo", "dora")
COLLECTIONS = ("public", "g1")


class AnyHistory(RuleBasedStateMachine):
    """The store beside a dict. `published` are those of before that may be found still, `pending`: there are such."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[str, tuple[Article, int]] = {}
        self.numbers: dict[str, int] = {}  # the highest version ever: deleting and restoring do not take it back
        self.published: dict[str, tuple[Article, int]] = {}
        self.backup: dict[str, tuple[Article, int]] | None = None
        self.pending = False
        self._open()

    def _open(self) -> None:
        self.store = self.engine.open(self.folder / "data")
        self.writing = ExitStack()
        self.writer: Writer | None = None

    def _writer(self) -> Writer:
        if self.writer is None:
            self.writer = self.writing.enter_context(self.store.writer(MANIFEST))
        return self.writer

    def _stop_writing(self) -> None:
        self.writing.close()  # publishes
        self.writer = None
        self._published()

    def _published(self) -> None:
        self.published, self.pending = dict(self.model), False

    @rule(
        names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
        edition=st.integers(1, 5),
        collection=st.sampled_from(COLLECTIONS),
    )
    def put(self, names: list[str], edition: int, collection: str) -> None:
        batch = [article(name, collection=collection, author=f"edition {edition}") for name in names]
        self._writer().put([row(one) for one in batch])
        for one in batch:
            self.numbers[one.id] = self.numbers.get(one.id, 0) + 1
            self.model[one.id] = one, self.numbers[one.id]
        self.pending = True

    @rule(names=st.sets(st.sampled_from(NAMES), min_size=1), collection=st.sampled_from(COLLECTIONS))
    def delete(self, names: set[str], collection: str) -> None:
        ids = [article(name, collection=collection).id for name in names]
        assert self._writer().delete([*ids, "no such id"]) == sum(one in self.model for one in ids)
        for one in ids:
            self.model.pop(one, None)
            self.published.pop(one, None)
        self.pending = True

    @rule()
    def publish(self) -> None:
        self._writer().publish()
        self._published()

    @rule()
    def rebuild_legs(self) -> None:
        self._writer().rebuild_legs()
        self._published()

    @rule()
    def encode_again(self) -> None:
        writer = self._writer()
        if self.model:
            writer.replace_all(
                MANIFEST, ((stored.article.id, *row(stored.article)[1:], None) for stored in writer.articles())
            )
            self._published()

    @rule()
    def reopen(self) -> None:
        self._stop_writing()
        self.store.close()
        self._open()

    @precondition(lambda self: self.engine.name == "embedded")
    @rule()
    def back_up(self) -> None:
        self.store.backup(self.folder / "backup")
        self.backup = dict(self.model)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        self._stop_writing()
        Store.restore(self.folder / "data", self.folder / "backup")
        self.model = dict(self.backup or {})
        self._published()

    @invariant()
    def every_article_reads_as_last_written(self) -> None:
        for name in NAMES:
            for collection in COLLECTIONS:
                known = article(name, collection=collection).id
                stored = self.store.memory.article(known)
                assert (stored and (stored.article, stored.version)) == self.model.get(known)

    @invariant()
    def nothing_else_is_ever_found(self) -> None:
        for found in (ranked_by_vector(self.store), ranked_by_words(self.store, NAMES)):
            self._agrees_with_the_model(found)

    def _agrees_with_the_model(self, found: list[FoundPassage]) -> None:
        assert len({one.passage_id for one in found}) == len(found)
        for known in {one.stored.article.id for one in found}:
            of_one = [one for one in found if one.stored.article.id == known]
            state = of_one[0].stored.article, of_one[0].stored.version
            assert state == self.model[known] or (self.pending and state == self.published[known])
            assert [one.passage for one in sorted(of_one, key=lambda one: one.passage_id)] == passages_of(state[0])
            assert {one.stored.version for one in of_one} == {state[1]}
        assert {one.stored.article.id for one in found} == set(self.published)  # neither is what no reader ever sees

    def teardown(self) -> None:
        self._stop_writing()
        assert self.store.check() == ()
        self.store.close()
        shutil.rmtree(self.folder)


def test_any_history(engine: Engine) -> None:
    few = settings(max_examples=5, stateful_step_count=10, deadline=None)
    run_state_machine_as_test(lambda: AnyHistory(engine), settings=few)  # type: ignore[arg-type]  # whatever makes one


@pytest.mark.slow
def test_any_long_history() -> None:
    many = settings(max_examples=30, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(lambda: AnyHistory(Embedded()), settings=many)  # type: ignore[arg-type]  # likewise
