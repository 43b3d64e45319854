"""The engines that hold an archive, each opened in the same words: the same tests run over both."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from index import IndexConfig, NewsIndex, Records, open_records
from index.archives import Store
from index.clock import utc_now
from index.postgres import PostgresStore
from index.store import Store as EmbeddedStore
from index.types import Article
from tests.citus_cluster import Cluster
from tests.fakes import WordEncoder, WordReader
from tests.index.store.archives import write
from tests.postgres_server import Server


class Engine(Protocol):
    """Archives by folder: two folders are two archives, and one is the same archive however often it is opened."""

    @property
    def name(self) -> str:
        """For what is true of one engine alone."""

    def open(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Store:
        """The archive of the folder, made when there is none."""

    def config(self, folder: Path, *, min_confidence: float = 0.2) -> IndexConfig:
        """What names that archive."""

    def records(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Records:
        """What the bot keeps beside that archive."""


class Embedded:
    """SQLite, faiss and tantivy."""

    name = "embedded"

    def open(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Store:
        return EmbeddedStore.open(folder, clock=clock)

    def config(self, folder: Path, *, min_confidence: float = 0.2) -> IndexConfig:
        return IndexConfig(data=folder, min_confidence=min_confidence)

    def records(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Records:
        return open_records(self.config(folder), clock=clock)


class Postgres:
    """PostgreSQL with pgvector: a database for each folder."""

    name = "postgres"

    def __init__(self, server: Server | Cluster, template: str) -> None:
        self.server = server
        self._template = template
        self._urls: dict[Path, str] = {}

    def url(self, folder: Path) -> str:
        if folder not in self._urls:
            self._urls[folder] = self.server.new_database(self._template)
        return self._urls[folder]

    def open(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Store:
        return PostgresStore.open(self.url(folder), folder, clock=clock)

    def config(self, folder: Path, *, min_confidence: float = 0.2) -> IndexConfig:
        return IndexConfig(data=folder, database_url=self.url(folder), min_confidence=min_confidence)

    def records(self, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Records:
        return open_records(self.config(folder), clock=clock)


def archive_of(engine: Engine, folder: Path, *articles: Article) -> Store:
    """An archive that holds the articles."""
    store = engine.open(folder)
    write(store, *articles)
    return store


def news_index(engine: Engine, folder: Path, encoder: WordEncoder | None = None) -> NewsIndex:
    """The archive behind its front door, with models that can be worked out by hand."""
    config = engine.config(folder, min_confidence=0.0)
    return NewsIndex.open(config, encoder=encoder or WordEncoder(), reader=WordReader())
