"""An archive that is written once; each test works on a copy of it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.store import Store
from tests.index.store.archives import NAMES, article, new_archive


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written once; each test spoils a copy."""
    folder = tmp_path_factory.mktemp("sound") / "data"
    new_archive(folder, *map(article, NAMES)).close()
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "data")


@pytest.fixture
def reopened(folder: Path) -> Iterator[Callable[[], Store]]:
    stores = []

    def reopen() -> Store:
        stores.append(Store.open(folder))
        return stores[-1]

    yield reopen
    for store in stores:
        store.close()
