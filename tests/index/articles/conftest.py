"""What the tests of reading share: a folder to write sources into, and a fixed today."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.articles import read_sources
from index.types import Article, Rejection

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)

Read = Callable[[str, str | bytes], list[Article | Rejection]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write one file and read it."""

    def write_and_read(name: str, content: str | bytes) -> list[Article | Rejection]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_sources([str(path)], now=NOW))

    return write_and_read


@pytest.fixture
def article(read: Read) -> Callable[[str, str | bytes], Article]:
    """Write one file that holds one article, and read it."""

    def one(name: str, content: str | bytes) -> Article:
        (found,) = read(name, content)
        assert isinstance(found, Article), found
        return found

    return one


@pytest.fixture
def reason(read: Read) -> Callable[[str, str | bytes], str]:
    """Write one file that holds no article, and read why."""

    def one(name: str, content: str | bytes) -> str:
        (found,) = read(name, content)
        assert isinstance(found, Rejection), found
        return found.reason

    return one
