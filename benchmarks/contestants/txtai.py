"""txtai, hybrid: dense vectors in faiss and BM25, as its documentation shows (`Embeddings(path=..., hybrid=True)`).

In its favour: it keeps no texts (`content` is off, a list in memory has them), so no database is written or read.
"""

from pathlib import Path
from typing import Any

from benchmarks.contest import WARM, Contestant, Job

BATCH = 16  # faster here than its default of 32, and than 8 and 64


class Txtai:
    """An index in memory, saved to the folder of the job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._embeddings: Any = None

    def load(self) -> None:
        """The model is read when the first text is encoded."""
        from txtai import Embeddings  # noqa: PLC0415  what takes time is timed

        vectors = {} if self._job.precision == "float32" else {"dtype": self._job.precision}
        self._embeddings = Embeddings(path=self._job.model, hybrid=True, encodebatch=BATCH, vectors=vectors)
        self._embeddings.batchtransform([WARM])

    def index(self) -> None:
        """Both legs, in memory and on disk."""
        self._embeddings.index(self._job.passages)
        self._embeddings.save(str(Path(self._job.folder) / "txtai"))

    def search(self, question: str) -> list[str]:
        """Without `content` it answers with positions and scores."""
        return [self._job.passages[position] for position, _ in self._embeddings.search(question, self._job.k)]


def made(job: Job) -> Contestant:
    """For the job."""
    return Txtai(job)
