"""However many texts are encoded at a time: the same archive, each text encoded once, and what was stored stays."""

import hashlib
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, IndexConfig, NewsIndex, Progress
from index.types import Vectors
from tests.fakes import WordEncoder, WordReader
from tests.index.stored import texts_in, vectors_in

LANES = 7  # with the batches below, some eight of them are under way
PARAGRAPHS = [f"Paragraph {n} is told here. " + f"Much is said of matter {n} in it. " * 16 for n in range(6)]

sequences = st.lists(
    st.tuples(st.integers(0, 5), st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=3)), max_size=24
)


class SharedEncoder(WordEncoder):
    """Counts the texts that it was given, whichever thread gave them."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            self.given += texts
            return super().encode(texts)


@pytest.fixture(autouse=True, scope="module")
def small_steps() -> Iterator[None]:
    """So that a few articles are many batches, of several steps each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.build.BATCH_PASSAGES", 3)
        patch.setattr("index.build.STEP_PASSAGES", 2)
        yield


def article(number: int, paragraphs: Sequence[str]) -> Article:
    return Article(f"https://a.example/{number}", f"Story {number}", "\n\n".join(paragraphs))


def opened(folder: Path, encoder: SharedEncoder, lanes: int) -> NewsIndex:
    return NewsIndex.open(IndexConfig(data=folder), encoder=encoder, reader=WordReader(), lanes=lanes)


@settings(max_examples=25, deadline=None)
@given(sequences)
def test_however_many_lanes_encode_the_same_is_stored_and_told(told: list[tuple[int, list[str]]]) -> None:
    articles = [article(number, paragraphs) for number, paragraphs in told]
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one", Path(folder) / "many"
        reports = [opened(one, SharedEncoder(), 1).add(articles), opened(many, SharedEncoder(), LANES).add(articles)]
        assert reports[0] == reports[1]
        assert texts_in(one) == texts_in(many)
        assert np.array_equal(vectors_in(one), vectors_in(many))


@pytest.mark.parametrize("lanes", [1, LANES])
def test_a_text_that_several_batches_share_is_encoded_once(lanes: int, tmp_path: Path) -> None:
    encoder = SharedEncoder()
    same = [Article(f"https://a.example/{n}", "One title", "\n\n".join(PARAGRAPHS[:3])) for n in range(12)]
    opened(tmp_path, encoder, lanes).add(same)
    assert len(encoder.given) == len(set(encoder.given))


def test_a_run_that_was_stopped_goes_on_and_encodes_nothing_anew_that_is_stored(tmp_path: Path) -> None:
    articles = [article(number, [f"Nobody else tells of {number}. " * 30] * 2) for number in range(40)]

    def stop(now: Progress) -> None:
        if now.done == 36:
            raise KeyboardInterrupt

    opened(tmp_path / "whole", SharedEncoder(), 1).add(articles)
    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path / "stopped", SharedEncoder(), LANES).add(articles, on_progress=stop)
    before = {source for _, source in texts_in(tmp_path / "stopped")["encoded"]}
    encoder = SharedEncoder()
    opened(tmp_path / "stopped", encoder, LANES).add(articles)
    assert before
    assert before.isdisjoint({hashlib.sha256(text.encode()).digest() for text in encoder.given})
    assert texts_in(tmp_path / "stopped") == texts_in(tmp_path / "whole")
