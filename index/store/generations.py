"""Publications of both legs on disk: `legs/<number>/`, sealed, whole or not there at all.

legs/00000007/generation.json    what the legs were built from, and size and sha256 of every file
              dense/...          faiss
              lexical/...        tantivy
Files that did not change are hard links to those of the last generation.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

from index.store.holds import Hold, hold, unless_held
from index.store.rows import Stamp, from_json, to_json

_FORMAT = 2  # grows when the layout, the analyzer or a field of a leg changes: older legs are built anew
DENSE, LEXICAL = "dense", "lexical"
_SEAL = "generation.json"
_BUILDING = ".building-"
_KEPT = 2  # the newest and the one before, whoever reads; older ones stay until their last reader has left


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file as it was when the generation was sealed."""

    name: str  # relative to the generation
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Generation:
    """One publication: both legs, built from the same moment of the truth."""

    folder: Path
    stamp: Stamp
    removed: int  # deletions that the lexical leg has seen since it was built from scratch
    files: tuple[SealedFile, ...]

    @property
    def number(self) -> int:
        """Counts publications; never reused while the folder lives."""
        return int(self.folder.name)

    @property
    def dense(self) -> Path:
        """The folder of the dense leg."""
        return self.folder / DENSE

    @property
    def lexical(self) -> Path:
        """The folder of the lexical leg."""
        return self.folder / LEXICAL

    def hold(self) -> Hold | None:
        """Keep the generation and all that it points to; None when it is gone or about to go."""
        return hold(self.folder / _SEAL)

    def has_all_files(self) -> bool:
        """Every file is there in its full size: a quick look."""
        return all(_size(self.folder / file.name) == file.size for file in self.files)

    def is_whole(self, *, afresh: bool = False) -> bool:
        """Every byte is as it was sealed. Files that this process has read already are read again only `afresh`."""
        read = _sha256_now if afresh else _sha256
        return self.has_all_files() and all(read(self.folder / file.name) == file.sha256 for file in self.files)


def numbers(legs: Path) -> list[int]:
    """Of the generations that are there, ascending."""
    if not legs.is_dir():
        return []
    return sorted(int(entry.name) for entry in legs.iterdir() if entry.name.isdigit())


def read(legs: Path, number: int) -> Generation | None:
    """The generation of that number; None when it has no readable seal of this format."""
    folder = _folder(legs, number)
    try:
        seal = json.loads((folder / _SEAL).read_text())
        if seal["format"] != _FORMAT:
            return None
        stamp = Stamp(seal["lineage"], seal["state"], from_json(seal["manifest"]))
        files = tuple(SealedFile(**file) for file in seal["files"])
        return Generation(folder, stamp, seal["removed"], files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def newest(legs: Path) -> Generation | None:
    """The publication with the highest number, if it can be read."""
    there = numbers(legs)
    return read(legs, there[-1]) if there else None


def begin(legs: Path) -> Path:
    """An empty folder to build the next generation in. The caller holds the writer lock."""
    legs.mkdir(exist_ok=True)
    for left in legs.glob(f"{_BUILDING}*"):  # by a writer that was killed
        shutil.rmtree(left)
    there = numbers(legs)
    building = legs / f"{_BUILDING}{there[-1] + 1 if there else 1}"
    building.mkdir()
    return building


def seal(building: Path, stamp: Stamp, removed: int) -> None:
    """Write down what is there, and force all of it to the disk."""
    if stamp.manifest is None:
        raise ValueError("an archive without a manifest has no legs")
    files = [asdict(_sealed(building, file)) for file in _files(building)]
    record = {"format": _FORMAT, "lineage": stamp.lineage, "state": stamp.state, "manifest": to_json(stamp.manifest)}
    (building / _SEAL).write_text(json.dumps({**record, "removed": removed, "files": files}))
    for file in _files(building):
        if file.stat().st_nlink == 1:  # else it was synced with the generation that it was written for
            sync(file)
    for folder in (building / DENSE, building / LEXICAL, building):
        sync(folder)


def reveal(building: Path) -> None:
    """Make a sealed generation the newest one, at once, and drop older ones that nobody reads any more."""
    legs = building.parent
    number = int(building.name.removeprefix(_BUILDING))
    building.rename(_folder(legs, number))
    sync(legs)
    for old in numbers(legs)[:-_KEPT]:
        with unless_held(_folder(legs, old) / _SEAL) as free:
            if free:
                shutil.rmtree(_folder(legs, old), ignore_errors=True)


def discard(building: Path) -> None:
    """Throw a generation away that was not revealed."""
    shutil.rmtree(building, ignore_errors=True)


def link_files(source: Path, target: Path) -> None:
    """Start a lexical folder from the last one. Tantivy never writes into a file that it has written before.

    Segments are immutable, deletions go into new files, and `meta.json` is replaced by renaming.
    """
    target.mkdir()
    for file in source.iterdir():
        if file.suffix != ".lock":
            link_file(file, target / file.name)


def link_file(source: Path, target: Path) -> None:
    """The same file under another name, or a copy of it where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sync(path: Path) -> None:
    """Force a file, or the entries of a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder(legs: Path, number: int) -> Path:
    return legs / f"{number:08d}"


def _files(folder: Path) -> Iterator[Path]:
    """All files under the folder but locks, which are empty and change hands."""
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix != ".lock")


def _sealed(folder: Path, file: Path) -> SealedFile:
    return SealedFile(file.relative_to(folder).as_posix(), file.stat().st_size, _sha256(file) or "")


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None


def _sha256(file: Path) -> str | None:
    try:
        status = file.stat()
        return _sha256_once(_Written(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, file))
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class _Written:
    """A file as it was last written, under whatever name."""

    device: int
    inode: int
    size: int
    written_ns: int
    path: Path = field(compare=False)


@lru_cache(maxsize=256)
def _sha256_once(file: _Written) -> str:
    with file.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sha256_now(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
