"""The real model: unit vectors, the declared dimension, weights that are checked, errors in a sentence."""

from pathlib import Path

import numpy as np
import pytest

from index import ModelUnusable, minilm
from index.config import BUNDLED_MODEL
from index.encoder import open_encoder


def test_the_bundled_model_states_its_identity_without_being_loaded() -> None:
    model = open_encoder(BUNDLED_MODEL).model
    assert (model.name, model.dimension, model.max_tokens) == (BUNDLED_MODEL, 384, 256)
    assert len(model.revision) == 64


@pytest.mark.slow
def test_vectors_are_of_unit_length_and_near_for_the_same_meaning() -> None:
    bundled = open_encoder(BUNDLED_MODEL)
    vectors = bundled.encode(["The meeting was put off.", "They postponed the summit.", "Bread is baked from flour."])
    assert vectors.shape == (3, bundled.model.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@pytest.mark.slow
def test_tokens_are_counted_as_the_model_counts_them() -> None:
    assert open_encoder(BUNDLED_MODEL).count_tokens(["hello world", "postponing", "", "word " * 1_000]) == [
        2,
        3,
        0,
        1000,
    ]


@pytest.mark.slow
def test_other_weights_under_the_name_of_the_bundled_model_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "BUNDLED_SHA256", "0" * 64)
    with pytest.raises(ModelUnusable, match="are not those of"):
        open_encoder(BUNDLED_MODEL).encode(["text"])


@pytest.mark.slow
def test_a_folder_without_a_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="cannot be loaded"):
        open_encoder(str(tmp_path)).encode(["text"])
