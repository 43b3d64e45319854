"""`NewsIndex`: everything that can be done with an archive, behind one object."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Self

from index import ask, build, rebuilding
from index.archives import Health, Snapshot, Store, Watched, archive_exists, open_archive, restore_archive
from index.articles import (
    Fetcher,
    FetchRules,
    count_sources,
    is_web_address,
    only_in,
    read_online,
    read_sources,
    read_upload,
)
from index.cache import Cache
from index.clock import Clock, SystemClock
from index.config import IndexConfig
from index.corroboration import correction_of
from index.encoder import open_encoder, precision_of
from index.keeping import Keeping
from index.lives import Gone, History
from index.passages import surroundings
from index.reader import Candidate, LearnedReader, Reader
from index.room import fitting
from index.stages import OnStage, telling, untold
from index.types import (
    PUBLIC,
    AddReport,
    Answer,
    Article,
    Context,
    Encoder,
    Filters,
    Hit,
    NoEvidence,
    Progress,
    Quote,
    Rejection,
    Status,
    StoredArticle,
    Turn,
)
from index.watching import NO_GUESTS, GuestRules, GuestSources, Watcher

EVERYTHING_PUBLIC = Filters()
ANSWERS_KEPT = 128  # for who asks what was asked before; each with the articles that it shows, 0.1 MB
AROUND = 2  # sentences of context on either side of a quote
TRIES = 3  # for a page whose server has passing trouble
FETCHED = 32  # pages in memory before they are stored


def _silent(_: Progress) -> None:
    """Nobody is watching."""


class NewsIndex:
    """An archive of news on disk. Calls block; any number of threads may ask while one writes.

    Raises, from every method: `ArchiveUnusable` and `ModelUnusable` with a sentence for who runs the archive.
    """

    def __init__(
        self,
        config: IndexConfig,
        store: Store,
        encoder: Encoder,
        reader: Reader,
        on_stage: OnStage = untold,
        lanes: int = build.LANES,
    ) -> None:
        self._config = config
        self._store = store
        self._encoder = encoder
        self._reader = reader
        self._answers: Cache[Answer | NoEvidence] = Cache(ANSWERS_KEPT)
        self._on_stage = on_stage
        self._lanes = lanes

    @classmethod
    def open(
        cls,
        config: IndexConfig,
        *,
        encoder: Encoder | None = None,
        reader: Reader | None = None,
        on_stage: OnStage = untold,
        lanes: int = build.LANES,
    ) -> Self:
        """The archive in `config.data`, made when there is none. The model loads when first needed.

        `on_stage` hears how long each of `STAGES` took of every question, on the question's thread. What is added is
        encoded in `lanes` calls at a time: more where the encoder is a cluster.
        """
        encoder = encoder or open_encoder(config.model, config.precision)
        reader = reader or LearnedReader(config.reader, config.reranker, config.precision)
        return cls(config, open_archive(config), encoder, reader, on_stage, lanes)

    @staticmethod
    def exists(config: IndexConfig) -> bool:
        """Whether there is an archive to read; `open` would make one."""
        return archive_exists(config)

    def warm(self) -> None:
        """Load the model and the legs now, so that the first question does not wait for them: seconds."""
        self._snapshot()
        self._encoder.encode(["warm"])
        self._reader.read("warm", [Candidate("", "warm")])

    def ask(
        self,
        question: str,
        asked_on: date | None = None,
        filters: Filters = EVERYTHING_PUBLIC,
        *,
        history: Sequence[Turn] = (),
        quotes: int | None = None,
    ) -> Answer | NoEvidence:
        """Verbatim quotes that answer the question, or the nearest passages when none does.

        `asked_on` is the day on which the question is asked, today when not given. `history` is the conversation so
        far, oldest turn first: "why?" is completed from it, and the result's `question` is the completed one. `quotes`
        are shown at most, as many as the configuration says when not given.

        Raises:
            BadQuestion: there is no word in it, or it is too long.
        """
        day = asked_on or datetime.now(UTC).date()
        config = replace(self._config, quotes=quotes or self._config.quotes)
        with telling(self._on_stage):
            whole, snapshot = ask.made_whole(question, history), self._snapshot()
            asked, moment = (whole, day, filters, config.quotes), snapshot.moment()
            known = self._answers.get(moment, asked)
            if known is not None:
                return known
            answer = ask.ask(whole, day, snapshot, ask.Models(self._encoder, self._reader), config, filters)
            self._answers.put(moment, asked, answer)
            return answer

    def search(self, query: str, k: int = 10, filters: Filters = EVERYTHING_PUBLIC) -> list[Hit]:
        """The `k` best passages, best first, at most two of an article.

        Raises:
            BadQuestion: there is no word in it, or it is too long.
        """
        return ask.search(query, k, self._snapshot(), self._encoder, filters)

    def add(
        self, articles: Iterable[Article | Rejection], *, on_progress: Callable[[Progress], None] = _silent
    ) -> AddReport:
        """Store what is new or changed. Every batch that was stored stays stored, whatever comes after."""
        return self._take_in(articles, None, on_progress)

    def add_sources(
        self,
        sources: Sequence[str],
        *,
        collection: str = PUBLIC,
        on_progress: Callable[[Progress], None] = _silent,
    ) -> AddReport:
        """Read and store the articles in files, folders, web pages and feeds. Only who runs the archive names them.

        What is on the web is fetched before it is stored, some at a time: no writer waits for a host.
        """
        online = [source for source in sources if is_web_address(source)]
        local = [source for source in sources if source not in online]
        articles = read_sources(local, collection=collection)
        report = self._take_in(articles, count_sources(local), on_progress)
        fetched = read_sources(online, collection=collection, web=self._web())
        while found := _some(fetched, report, on_progress):
            report = report.plus(self._take_in(found, None, _silent))
        return report

    def add_page(
        self,
        address: str,
        *,
        collection: str = PUBLIC,
        most: int | None = None,
        on_progress: Callable[[Progress], None] = _silent,
    ) -> AddReport:
        """Fetch and store the article at a web address, within `config.hosts`. It opens no file, whatever is named.

        It is rejected where the collection would come to hold more than `most` articles.
        """
        on_progress(Progress("reading", 0, 1))
        fetcher = Fetcher(FetchRules(hosts=self._config.hosts, contact=self._config.contact))
        found = read_online(address, fetcher, collection=collection)  # before the lock: no writer waits for a host
        return self._take_in(self._fitting([found], collection, most), 1, on_progress)

    def add_upload(
        self,
        name: str,
        data: bytes,
        *,
        collection: str = PUBLIC,
        most: int | None = None,
        on_progress: Callable[[Progress], None] = _silent,
    ) -> AddReport:
        """Store the articles in a file that somebody sent, of at most `MAX_UPLOAD_BYTES`. The name tells its kind.

        New ones are rejected once the collection holds `most` articles.
        """
        on_progress(Progress("reading", 0, None))
        found = list(read_upload(name, data, collection=collection))  # a page made to be slow must not hold the lock
        return self._take_in(self._fitting(found, collection, most), len(found), on_progress)

    def within(self, hosts: Sequence[str]) -> Self:
        """The same archive, whose pages are fetched from these hosts alone."""
        config = replace(self._config, hosts=tuple(hosts))
        return type(self)(config, self._store, self._encoder, self._reader, self._on_stage)

    @property
    def sources(self) -> Watched:
        """What is watched: to be listed, paused, resumed and removed."""
        return self._store.watched

    def watcher(
        self,
        clock: Clock,
        *,
        web: FetchRules | None = None,
        guests: GuestRules = NO_GUESTS,
        on_progress: Callable[[Progress], None] = _silent,
    ) -> Watcher:
        """What adds sources and looks at them, until the clock says stop.

        `guests` bounds what those sources bring that guests have added: nothing where it is not given. `web` is for
        tests.
        """
        fetcher = Fetcher(web or self._web(), clock=clock)
        return Watcher(self._store, fetcher, clock, self.add, on_progress=on_progress, guests=guests)

    def guest_sources(self, collection: str) -> GuestSources:
        """The sources that somebody has added to the collection who does not run the archive."""
        clock = SystemClock()
        fetcher = Fetcher(FetchRules(hosts=self._config.hosts, contact=self._config.contact), clock=clock)
        return GuestSources(collection, self._store, fetcher, clock)

    @property
    def health(self) -> Health:
        """How watching goes: what was not taken, and when it was done last."""
        return self._store.health

    @property
    def keeping(self) -> Keeping:
        """What becomes of articles: removed, withdrawn, reinstated, deleted by a rule of retention."""
        return Keeping(self._store, self._encoder)

    def remove(self, ids: Iterable[str], *, collection: str | None = None) -> int:
        """Delete articles for good; the number of those that were there. They never show up again.

        Where a collection is named, articles of any other are left alone.
        """
        return self.keeping.remove(ids, collection=collection)

    def remove_all(self, collection: str) -> int:
        """Forget a collection's sources, and delete its articles for good, withdrawn ones too; how many those were."""
        self._store.watched.forget_all(collection)
        return self.keeping.remove_all(collection)

    def show(self, article_id: str, *, version: int | None = None) -> StoredArticle | None:
        """The article as it is stored now, or as it was in that version; None where it is given out no more.

        Then `gone` says what became of it.
        """
        return self._store.memory.article(article_id, version)

    def gone(self, article_id: str, version: int | None = None) -> Gone | None:
        """What became of an article, or one version of it, that `show` gives no more; None where it never was there."""
        return self._store.memory.gone(article_id, version)

    def history(self, article_id: str) -> History | None:
        """All versions of the article, those that are not shown to others too; None where it never was there."""
        return self._store.memory.history(article_id)

    def ids_under(self, name: str) -> list[str]:
        """The articles that an id or a URL names, one for each collection; removed and withdrawn ones too."""
        return self._store.memory.ids_under(name)

    def around(self, article_id: str, version: int, start: int, end: int) -> Context | None:
        """The quote `start` to `end` of one version with the sentences around it, as that version had them.

        None where that version is given out no more (`gone` says why), or has no such characters.
        """
        history = self._store.memory.history(article_id)
        stored = self.show(article_id, version=version)
        if history is None or stored is None or not 0 <= start < end <= len(stored.article.text):
            return None
        texts = [one for one in history.versions if isinstance(one, StoredArticle)]
        quote = Quote(stored, start, end, 0.0, correction=correction_of(texts))
        return Context(quote, surroundings(stored.article, start, end, sentences=AROUND))

    def find(self, url: str) -> list[StoredArticle]:
        """The articles under one URL, one for each collection that has it."""
        return self._store.find(url)

    def recent(self, limit: int, filters: Filters = EVERYTHING_PUBLIC, offset: int = 0) -> list[StoredArticle]:
        """The articles that came in last, or changed last: newest first, by id where they came together.

        `offset` of them are skipped. Only what the filters leave is counted at all.
        """
        return self._store.newest(limit, filters, offset)

    def publishers(self, filters: Filters = EVERYTHING_PUBLIC) -> tuple[str, ...]:
        """The publishers in the collections that the filters name, sorted."""
        return self._store.publishers(filters)

    def status(self, collections: Sequence[str] | None = None) -> Status:
        """What the archive holds now, or what these collections of it do; the bytes are those of all of it."""
        status = self._store.info(collections)
        return replace(status, precision=precision_of(self._config.model, self._config.precision))

    def check(self) -> tuple[str, ...]:
        """What is wrong with the archive, a sentence each; empty when it is sound."""
        return self._store.check()

    def rebuild(self, *, on_progress: Callable[[Progress], None] = _silent) -> None:
        """Derive both search legs from what is stored; encode again only if model or passage rules changed.

        That happens beside the archive, which answers and takes articles as before, until one switch at the end. What
        `on_progress` raises ends it; what was encoded is kept, and the next call goes on from there.
        """
        rebuilding.rebuild(self._store, self._encoder, on_progress=on_progress)

    def backup(self, file: Path) -> None:
        """Write a whole copy of the archive to one file, while it is in use."""
        self._store.backup(file)

    @staticmethod
    def restore(config: IndexConfig, file: Path) -> int | None:
        """Put the archive back as the backup holds it; a file that is not whole changes nothing.

        Returns how many articles it held before, None where that could not be read any more.
        """
        return restore_archive(config, file)

    def close(self) -> None:
        """Let go of the files."""
        self._store.close()

    def _take_in(
        self, articles: Iterable[Article | Rejection], total: int | None, on_progress: Callable[[Progress], None]
    ) -> AddReport:
        """The one way in: only articles in the languages that are wanted."""
        wanted = only_in(self._config.languages, articles)
        return build.add(wanted, self._store, self._encoder, total=total, on_progress=on_progress, lanes=self._lanes)

    def _fitting(
        self, articles: Iterable[Article | Rejection], collection: str, most: int | None
    ) -> Iterable[Article | Rejection]:
        if most is None:
            return articles
        held = self.status([collection]).articles
        return list(fitting(articles, held, most, lambda article_id: self.show(article_id) is not None))

    def _web(self) -> FetchRules:
        """For what nobody is waiting for: passing trouble of a server is waited out."""
        return FetchRules(hosts=self._config.hosts, contact=self._config.contact, tries=TRIES)

    def _snapshot(self) -> Snapshot:
        snapshot = self._store.snapshot()
        build.manifest_of(self._encoder).require(snapshot.manifest)
        return snapshot


def _some(
    articles: Iterator[Article | Rejection], report: AddReport, on_progress: Callable[[Progress], None]
) -> list[Article | Rejection]:
    """The next few articles, told as they come in; none at the end."""
    before = report.added + report.changed + report.unchanged + len(report.rejected)
    some: list[Article | Rejection] = []
    for article in islice(articles, FETCHED):
        some.append(article)
        on_progress(Progress("reading", before + len(some), None))
    return some
