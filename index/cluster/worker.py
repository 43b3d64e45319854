"""What runs on the nodes of a cluster: a copy of the model. Of an article nothing but what is encoded gets there."""

from collections.abc import Sequence

from index.cluster.likeness import Likeness, likeness_of
from index.encoder import open_encoder
from index.types import Vectors


class EncodingWorker:
    """The encoder that the settings of the commanding machine name, out of the packages that are installed here."""

    def __init__(self, model: str, precision: str, cores: int) -> None:
        self._model, self._precision = model, precision
        self._encoder = open_encoder(model, precision, cores=cores)

    def likeness(self) -> Likeness:
        """Loads the model."""
        return likeness_of(self._encoder, self._model, self._precision)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Encoder.encode`."""
        return self._encoder.encode(texts)
