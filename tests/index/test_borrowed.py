"""Models that the operator names read in the bundled network's place. Here they are small ones with random weights."""

from pathlib import Path

import pytest

from index import ModelUnusable
from index.minilm import bundled_folder
from index.reader import Candidate, LearnedReader

pytestmark = pytest.mark.slow

SPAN_READER, CROSS_ENCODER = "BertForQuestionAnswering", "BertForSequenceClassification"  # classes of transformers

TEXT = "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt."
PASSAGES = [Candidate("Ferry hits pier", TEXT), Candidate("", "Short."), Candidate("", TEXT * 20)]


def small(kind: str, folder: Path) -> str:
    """A model of a few thousand weights, saved as others save theirs."""
    import torch  # noqa: PLC0415 - the fast tests collect this file too, and need not wait seconds for this import
    import transformers  # noqa: PLC0415 - likewise
    from transformers import AutoTokenizer, BertConfig  # noqa: PLC0415 - likewise

    torch.manual_seed(1)
    config = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    config.num_labels = 1 if kind == CROSS_ENCODER else 2
    getattr(transformers, kind)(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(bundled_folder()).save_pretrained(folder)
    return str(folder)


def test_the_spans_of_a_named_model_are_slices_of_the_passages(tmp_path: Path) -> None:
    reader = LearnedReader(small(SPAN_READER, tmp_path / "qa"))
    readings = reader.read("Who was hurt?", PASSAGES)
    assert readings == reader.read("Who was hurt?", PASSAGES)
    for candidate, reading in zip(PASSAGES, readings, strict=True):
        assert reading.spans
        assert all(0 <= s.span.start < s.span.end <= len(candidate.text) for s in reading.spans)


def test_a_named_cross_encoder_says_how_relevant_and_leaves_the_spans(tmp_path: Path) -> None:
    ranked = LearnedReader(relevance=small(CROSS_ENCODER, tmp_path / "ranker"))
    bundled = LearnedReader().read("Who was hurt?", PASSAGES)
    readings = ranked.read("Who was hurt?", PASSAGES)
    assert [reading.spans for reading in readings] == [reading.spans for reading in bundled]
    assert [reading.relevance for reading in readings] != [reading.relevance for reading in bundled]


@pytest.mark.parametrize("named", [{"spans": "no/such/folder"}, {"relevance": "no/such/folder"}])
def test_a_model_that_is_not_there_is_named_in_a_sentence(named: dict[str, str], tmp_path: Path) -> None:
    folder = {what: str(tmp_path / name) for what, name in named.items()}
    for path in folder.values():
        Path(path).mkdir(parents=True)
    with pytest.raises(ModelUnusable, match="such"):
        LearnedReader(**folder).read("Who?", PASSAGES)
