"""Encoding on the workers of a Ray cluster. Articles are read, cut and stored by this machine, as without one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from index.cluster.likeness import likeness_of
from index.cluster.seats import AT_ONCE
from index.cluster.workers import Workers
from index.encoder import open_encoder
from index.errors import ClusterUnusable
from index.types import Encoder, ModelId, Vectors

_NO_RAY = "--ray needs Ray, which is not installed: pip install 'pullquote[ray]', on this machine and on every node."


class ClusterEncoder:
    """An `Encoder` whose texts are encoded elsewhere, in `lanes` calls at a time; safe to share between threads."""

    def __init__(self, here: Encoder, workers: Workers) -> None:
        self._here, self._workers = here, workers
        self.lanes = AT_ONCE * workers.places

    @property
    def model(self) -> ModelId:
        """The identity of the weights, here and on every worker."""
        return self._here.model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of unit length.

        Raises:
            ClusterUnusable: there are no workers any more, or these texts were lost with several.
        """
        return self._workers.encode(texts) if texts else self._here.encode(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens not counted; counted here."""
        return self._here.count_tokens(texts)


@contextmanager
def open_cluster(address: str, model: str, precision: str, *, tell: Callable[[str], None]) -> Iterator[ClusterEncoder]:
    """The encoder of the settings on the Ray cluster at the address: "local", "auto" or HOST:PORT.

    `tell` hears, in sentences, which workers are left out and which are lost.

    Raises:
        ClusterUnusable: Ray is not installed, there is no such cluster, or no worker on it may take part.
    """
    try:
        from index.cluster.rays import joined  # noqa: PLC0415 - an extra: most archives are made on one machine
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise ClusterUnusable(_NO_RAY) from error
    here = open_encoder(model, precision)
    with (
        joined(address, model, precision) as engine,
        Workers(engine, likeness_of(here, model, precision), tell) as workers,
    ):
        yield ClusterEncoder(here, workers)
