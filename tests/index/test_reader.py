"""What the learned reader says of any text stays within the text; its weights are the ones that were shipped."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import ModelUnusable, score_sentences
from index.reader import SPAN_TOKENS, SPANS, Candidate, LearnedReader

pytestmark = pytest.mark.slow

READER = LearnedReader()
FERRY = (
    "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt. "
    "The harbour stayed closed until Tuesday."
)


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1, max_size=80), st.lists(st.text(max_size=300), max_size=3), st.text(max_size=40))
def test_spans_of_any_text_are_slices_that_do_not_overlap(question: str, texts: list[str], title: str) -> None:
    for text, reading in zip(texts, READER.read(question, [Candidate(title, text) for text in texts]), strict=True):
        spans = sorted((s.span.start, s.span.end) for s in reading.spans)
        assert len(spans) <= SPANS
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
        assert [s.score for s in reading.spans] == sorted((s.score for s in reading.spans), reverse=True)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many people were hurt?", "14"),
        ("Who is the captain of the Alma?", "Ines Roth"),
        ("Until when was the harbour closed?", "Tuesday"),
    ],
)
def test_the_best_span_is_the_answer(question: str, answer: str) -> None:
    best = READER.read(question, [Candidate("Ferry hits pier", FERRY)])[0].spans[0].span
    assert answer in FERRY[best.start : best.end]


def test_a_passage_reads_the_same_alone_and_among_others() -> None:
    alone = READER.read("Who was hurt?", [Candidate("", FERRY)])[0]
    among = READER.read("Who was hurt?", [Candidate("", "Short."), Candidate("", FERRY), Candidate("", FERRY * 2)])[1]
    assert among.relevance == pytest.approx(alone.relevance, abs=0.3)  # bfloat16 rounds with the batch
    assert [s.span for s in among.spans][:1] == [s.span for s in alone.spans][:1]


def test_the_sentence_that_answers_scores_above_the_others() -> None:
    sentences = [sentence.strip() + "." for sentence in FERRY.split(".") if sentence]
    scores = score_sentences("How many people were hurt?", sentences)
    assert scores.index(max(scores)) == 1


def test_an_answer_is_no_longer_than_the_limit() -> None:
    best = READER.read("What?", [Candidate("", "word " * 150)])[0].spans[0].span
    assert len(("word " * 150)[best.start : best.end].split()) <= SPAN_TOKENS


def test_other_weights_than_those_shipped_are_refused(tmp_path: Path) -> None:
    from index.network import load_network  # noqa: PLC0415  torch takes seconds to import

    changed = tmp_path / "reader.safetensors"
    changed.write_bytes(b"not the weights")
    with pytest.raises(ModelUnusable, match="reinstall pullquote"):
        load_network("auto", changed)
    with pytest.raises(ModelUnusable, match="cannot be read"):
        load_network("auto", tmp_path / "nothing")
