"""The nouns that travel between the stages. Everything here is frozen; times are aware and in UTC.

Offsets are counted in characters (Unicode code points) of `Article.text`, half open: `text[start:end]`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

PUBLIC = "public"  # the collection that articles join when no other is named
Vectors = NDArray[np.float32]  # one row a text, each of unit length


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as it was read. `url` is its identity within a collection.

    Articles that come from a file without an address of its own have a `file:` URL.
    `published_at` is None when the source does not say; it is never guessed.
    `headings` are the spans of `text` that are section headings, in order.
    """

    url: str
    title: str
    text: str
    publisher: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    headings: tuple[Span, ...] = ()
    collection: str = PUBLIC

    @property
    def id(self) -> str:
        """16 hex digits that depend on collection and URL alone: the same article has the same id everywhere."""
        return sha256(f"{self.collection}\n{self.url}")[:16]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article in the archive: `version` counts from 1 and grows when what was read has changed.

    A number means one text for ever: none is given to another one, not even after the article was removed.
    """

    article: Article
    version: int
    added_at: datetime
    replaced_at: datetime | None = None  # when it was no longer the current version; None: it is
    story: str = ""  # articles of one collection that carry one text have the same; "" where that was not looked up


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of an article: `article.text[start:end]`, whole sentences, within the encoder's token limit."""

    start: int
    end: int
    heading: Span | None = None  # the section it stands under


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be ranked at all. `collections` is what the asker may read; an empty one finds nothing."""

    collections: tuple[str, ...] = (PUBLIC,)
    after: datetime | None = None  # published at or after; articles without a date are left out
    before: datetime | None = None  # published before; articles without a date are left out
    publisher: str | None = None  # as stored, compared without regard to case
    article: str | None = None  # id of the only article to look in


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score`: higher is better; comparable within one result list only."""

    passage_id: int
    stored: StoredArticle
    passage: Passage
    score: float
    similarity: float = 0.0  # cosine of question and passage; 0 where the dense leg did not reach it
    timeliness: float = 0.0  # 0 to 1: how near the day of the question it was published, where that counts
    also: tuple[str, ...] = ()  # other outlets of its collection that carry the article, who published first first

    @property
    def text(self) -> str:
        """The passage, verbatim."""
        return self.stored.article.text[self.passage.start : self.passage.end]


@dataclass(frozen=True, slots=True)
class Correction:
    """A notice that an article was corrected: `text` is a verbatim slice of the title or the text of one version."""

    text: str
    version: int
    noted_at: datetime | None  # its own date, else when that version took the place of another; None: not known


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim slice of one stored version of one article: `article.text[start:end] == text`."""

    stored: StoredArticle
    start: int
    end: int
    score: float  # higher is better; comparable within one answer only
    speaker: str | None = None  # who says it, only where the text names somebody
    unnamed: bool = False  # it is in quotation marks, and the text does not name who says it
    correction: Correction | None = None  # of its article, in whatever version
    also: tuple[str, ...] = ()  # other outlets of its collection that carry the article, who published first first

    @property
    def text(self) -> str:
        """The quoted words, cut from the stored text and from nowhere else."""
        return self.stored.article.text[self.start : self.end]

    @property
    def sha256(self) -> str:
        """Of the quoted words in UTF-8: whoever holds the quote can tell that it was not altered."""
        return sha256(self.text)


@dataclass(frozen=True, slots=True)
class Context:
    """A quote among the sentences around it: `around` holds the quote, both are spans of one stored text."""

    quote: Quote
    around: Span


@dataclass(frozen=True, slots=True)
class Rival:
    """Another answer that the archive supports about as well as the first: shown beside it, with its own quote."""

    short: str  # a slice of the quote's text
    quote: Quote
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the archive says: quotes, best first, and the hits that they were chosen among.

    `question` is what was searched for: the one asked, or that completed from the conversation. `short`, where there
    is one, is a slice of the first quote's text. `confidence` is in 0..1. `outlets` are those that give the short
    answer independently of one another; `corrected`: it comes from a correction of what others say.
    """

    question: str
    quotes: tuple[Quote, ...]
    short: str | None
    confidence: float
    hits: tuple[Hit, ...] = field(repr=False)
    outlets: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()
    corrected: bool = False

    @property
    def agreeing(self) -> tuple[Quote, ...]:
        """The quotes that are not a rival's: who shows both shows each quote once."""
        against = {(rival.quote.stored.article.id, rival.quote.start) for rival in self.rivals}
        return tuple(quote for quote in self.quotes if (quote.stored.article.id, quote.start) not in against)

    @property
    def newest(self) -> datetime | None:
        """When the newest article quoted was published; None when no date is known."""
        dates = [quote.stored.article.published_at for quote in self.quotes]
        return max((date for date in dates if date), default=None)


@dataclass(frozen=True, slots=True)
class NoEvidence:
    """The archive does not answer this. `hits` are the nearest passages, to be shown as no more than that."""

    question: str
    confidence: float
    hits: tuple[Hit, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and what came of it: `answer` is the short one, else the first quote, else ''."""

    question: str
    answer: str = ""

    @classmethod
    def of(cls, result: Answer | NoEvidence) -> Self:
        """The turn that has come of a question."""
        if isinstance(result, NoEvidence):
            return cls(result.question)
        return cls(result.question, result.short or (result.quotes[0].text if result.quotes else ""))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A source that was not taken, and why, in words for the person who gave it."""

    source: str  # file path, or file path and line
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work has come. `total` is None while it is not known."""

    stage: str  # "reading", "encoding", "publishing": for a progress line
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the sources of one run."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    words: int = 0  # in the articles that were added or changed
    rejected: tuple[Rejection, ...] = ()
    repeated: int = 0  # came again in this run with another text: the last one was kept

    def plus(self, other: "AddReport") -> "AddReport":
        """What became of both."""
        sums: dict[str, Any] = {one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        return AddReport(**sums)


@dataclass(frozen=True, slots=True)
class Status:
    """What the archive holds now."""

    articles: int
    passages: int
    collections: tuple[str, ...]
    publishers: int
    oldest: datetime | None  # of the publication dates
    newest: datetime | None
    last_added_at: datetime | None
    model: str
    bytes_on_disk: int
    earlier_versions: int = 0  # texts that are kept beside those of the articles
    withdrawn: int = 0  # articles that are kept, and not counted above
    stories: int = 0  # articles that carry one text are one story
    not_compared: int = 0  # articles of an older release, of which it is not known yet whether they are copies
    sources: int = 0  # that are watched, unless they are paused
    failing_sources: int = 0  # of those
    retention_rules: int = 0  # that are kept for the whole archive, whatever collections are asked about
    precision: str = ""  # what the model multiplies in on this machine


@dataclass(frozen=True, slots=True)
class ModelId:
    """What has to be equal for vectors to be comparable. Written into the archive's manifest."""

    name: str
    revision: str  # sha256 of the weights, or the hub's commit
    dimension: int
    max_tokens: int


class Encoder(Protocol):
    """Texts to unit vectors. A text longer than `model.max_tokens` is cut by the model: do not send one."""

    @property
    def model(self) -> ModelId:
        """The identity of the weights behind the vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of unit length."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens not counted."""


def sha256(text: str) -> str:
    """Hex digest of the text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
