"""Pullquote as `pullquote add` and a search use it: it reads, cuts, encodes, compares with copies, and publishes."""

from pathlib import Path

from benchmarks.contest import WARM, Contestant, Job
from index import IndexConfig, NewsIndex
from index.config import BUNDLED_MODEL
from index.encoder import open_encoder


class Pullquote:
    """An archive in the folder of the job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._encoder = open_encoder(BUNDLED_MODEL)  # the weights that the others get as a folder
        self._index = NewsIndex.open(IndexConfig(data=Path(job.folder)), encoder=self._encoder)

    def load(self) -> None:
        """Only the encoder, for short texts and for long ones: neither indexing nor searching reads answers."""
        self._encoder.encode([WARM, 16 * WARM])

    def index(self) -> None:
        """Everything that `pullquote add` does."""
        self._index.add_sources([self._job.articles])

    def search(self, question: str) -> list[str]:
        """Hybrid, at most two passages of an article."""
        return [hit.text for hit in self._index.search(question, self._job.k)]


def made(job: Job) -> Contestant:
    """For the job."""
    return Pullquote(job)
