"""The archive as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.archives.health import Health
from index.archives.reading import Memory, Snapshot
from index.archives.watched import Watched
from index.archives.writing import Draft, Writer
from index.store import Carried, Manifest
from index.types import Filters, Status, StoredArticle


class Store(Protocol):
    """Many readers, one writer. Every method may be called from any thread, and raises `ArchiveUnusable`."""

    @property
    def watched(self) -> Watched:
        """What is watched."""

    @property
    def health(self) -> Health:
        """How watching goes."""

    @property
    def memory(self) -> Memory:
        """What articles were before."""

    def close(self) -> None:
        """Let go of files, connections and memory. What is called afterwards opens them anew."""

    def manifest(self) -> Manifest | None:
        """What the archive was built with; None when nothing was written yet."""

    def snapshot(self) -> Snapshot:
        """The newest publication, by whatever process."""

    def find(self, url: str) -> list[StoredArticle]:
        """The articles under this address, of any collection."""

    def articles(self) -> Iterator[StoredArticle]:
        """Every article in id order, a few in memory at a time, each as it is when its turn comes."""

    def carried(self, after: str, limit: int, dimension: int) -> list[Carried]:
        """The next articles by id, whatever became of them, as another archive takes them over."""

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are already of texts with these sha256 (of exactly what the encoder is given)."""

    def newest(self, limit: int, filters: Filters, offset: int = 0) -> list[StoredArticle]:
        """The last articles added, the newest first, after `offset` of them; those of one moment by id."""

    def info(self, collections: Sequence[str] | None = None) -> Status:
        """What the archive holds now, or what these collections of it do."""

    def publishers(self, filters: Filters) -> tuple[str, ...]:
        """Sorted names of the publishers in the collections of the filters; the rest of the filters is not asked."""

    def check(self) -> tuple[str, ...]:
        """Look at everything; each problem is a sentence that says what to run. Empty: all is as it was stored."""

    def watching(self) -> AbstractContextManager[None]:
        """Be the only one that watches the sources. Raises ArchiveLocked where another does."""

    def backup(self, file: Path) -> None:
        """Write what is committed at this moment into one file; readers and a writer go on meanwhile."""

    def writer(self, manifest: Manifest) -> AbstractContextManager[Writer]:
        """The only way to change the archive. On the way out, also after an error, what was stored is published.

        Raises:
            ArchiveLocked: another holds it; the message names process and host.
            ArchiveStale: the archive was built with another model or by other passage rules.
        """

    def draft(self, manifest: Manifest) -> AbstractContextManager[Draft]:
        """What a rebuild for this model and these rules has done so far; one at a time. Raises ArchiveLocked."""

    def drop_draft(self) -> None:
        """Forget what a rebuild has done so far: it has ended, or is not wanted any more."""
