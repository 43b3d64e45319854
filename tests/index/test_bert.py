"""The networks in OpenVINO say what the same weights say in torch, whatever the length and the company of a text."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from transformers import BertConfig

from index.config import BUNDLED_MODEL
from index.encoder import open_encoder
from index.minilm import bundled_folder
from index.network import BUNDLED_WEIGHTS, load_network, pair_tokenizer
from index.tensors import read_weights
from index.types import Vectors
from training.network import Network, collate

pytestmark = pytest.mark.slow

SENTENCE = "The harbour board of Velden put off its vote on the new pier until the spring."
TEXTS = [
    "Velden",
    "for all their",
    "a of",
    "who?",
    SENTENCE,
    "Ça coûte 3,5 M€ – «déjà».",
    " ".join([SENTENCE] * 6),
    " ".join([SENTENCE] * 40),
]


@pytest.fixture(scope="module")
def reference() -> Vectors:
    """The vectors of `TEXTS` by sentence-transformers, in float32."""
    model = SentenceTransformer(str(bundled_folder()), device="cpu")
    return np.asarray(model.encode(TEXTS, normalize_embeddings=True), np.float32)


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.99999), ("bfloat16", 0.999), ("int8", 0.99)])
def test_every_vector_is_the_one_of_sentence_transformers(reference: Vectors, precision: str, least: float) -> None:
    cosines = (open_encoder(BUNDLED_MODEL, precision).encode(TEXTS) * reference).sum(axis=1)
    assert cosines.min() > least


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    encoder = open_encoder(BUNDLED_MODEL)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    backwards = encoder.encode(TEXTS[::-1])[::-1]
    assert (alone * backwards).sum(axis=1).min() > 0.9999


def test_a_text_without_words_has_a_vector_too() -> None:
    assert np.linalg.norm(open_encoder(BUNDLED_MODEL).encode(["", "?"]), axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_no_text_gives_no_vector() -> None:
    assert open_encoder(BUNDLED_MODEL).encode([]).shape == (0, 384)


@pytest.mark.parametrize(("precision", "most"), [("float32", 1e-3), ("bfloat16", 0.2), ("int8", 1.5)])
def test_the_reader_scores_as_it_was_trained(precision: str, most: float) -> None:
    question, texts = "What did the board put off?", [SENTENCE, "Short.", " ".join([SENTENCE] * 20)]
    scored = load_network(precision).score(question, texts)
    for pair, (relevance, answers, start, end) in zip(scored, _in_torch(question, texts), strict=True):
        assert pair.relevance == pytest.approx(relevance, abs=most)
        assert pair.answers == pytest.approx(answers, abs=most)
        assert np.abs(pair.start - start).max() < most  # logits from -8 to 8
        assert np.abs(pair.end - end).max() < most


def _in_torch(question: str, texts: Sequence[str]) -> list[tuple[float, float, Vectors, Vectors]]:
    network = Network(BertConfig.from_pretrained(bundled_folder())).eval()
    weights = read_weights(BUNDLED_WEIGHTS, None)
    network.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in weights.items()})
    found = []
    with torch.inference_mode():
        for pair in pair_tokenizer().encode_batch([(question, text) for text in texts]):
            scores = network(*collate([pair.ids], [pair.type_ids]))
            found.append(
                (float(scores.relevance), float(scores.answers), scores.start[0].numpy(), scores.end[0].numpy())
            )
    return found


WATCHED = """
import sys
told = []
NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
sys.addaudithook(lambda event, args: told.append(event) if event in NETWORK else None)
from index import IndexConfig, NewsIndex
from pathlib import Path
NewsIndex.open(IndexConfig(data=Path("data"))).warm()
import time
time.sleep(2)
print(told, sys.modules["openvino_telemetry"])
"""


def test_loading_the_models_tells_nobody_and_writes_nothing_home(tmp_path: Path) -> None:
    home, root = tmp_path / "home", Path(__file__).parents[2]
    home.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(home), "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[] None"
    assert list(home.iterdir()) == []
