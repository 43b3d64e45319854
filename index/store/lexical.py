"""The lexical leg: BM25 over the words of passages and titles. The only importer of tantivy."""

import errno
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Query

from index.store.ranking import Scored, complete
from index.store.rows import to_microseconds
from index.types import Article, Filters

TITLE_WEIGHT = (
    0.3  # a title says what all its passages are about: little about one of them. Swept (docs/quality-log.md)
)
_ANALYZER = "english"
_LONGEST_WORD = 40  # bytes; longer ones are tracking tokens and data
_MEMORY_BYTES = 64_000_000
_THREADS = 1  # one, so that the same additions always give the same segments


class Lexical:
    """Words by passage id. Searching is safe from many threads, and sees what was there when it was opened."""

    def __init__(self, index: tantivy.Index) -> None:
        index.config_reader("manual")  # no thread that watches the folder
        self._schema = index.schema
        self._searcher = index.searcher()
        self._words = _analyzer()

    @property
    def ids(self) -> NDArray[np.int64]:
        """Passage ids, ascending."""
        everything = self._best(Query.all_query(), max(1, self._searcher.num_docs))
        return np.sort(np.array([passage_id for passage_id, _ in everything], dtype=np.int64))

    def search(self, text: str, k: int, filters: Filters | None) -> list[Scored]:
        """The k best (passage id, BM25) for any of the words, best first, ties by id; filters None: rank all."""
        words = list(dict.fromkeys(self._words.analyze(text)))
        if not words:
            return []
        query = Query.boolean_query([clause for word in words for clause in self._word(word)])
        if filters is not None:
            query = Query.boolean_query([(Occur.Must, query), *self._conditions(filters)])
        return complete(lambda n: self._best(query, n), k, self._searcher.num_docs)

    def _word(self, word: str) -> Iterator[tuple[Occur, Query]]:
        yield Occur.Should, Query.term_query(self._schema, "body", word, "freq")
        yield Occur.Should, Query.boost_query(Query.term_query(self._schema, "title", word, "freq"), TITLE_WEIGHT)

    def _conditions(self, filters: Filters) -> Iterator[tuple[Occur, Query]]:
        """What has to hold of a passage, adding nothing to its score."""
        collections = [(Occur.Should, self._exact("collection", name)) for name in filters.collections]
        yield Occur.Must, Query.const_score_query(Query.boolean_query(collections), 0.0)
        if filters.publisher is not None:
            yield Occur.Must, Query.const_score_query(self._exact("publisher", filters.publisher.casefold()), 0.0)
        if filters.article is not None:
            yield Occur.Must, Query.const_score_query(self._exact("article", filters.article), 0.0)
        if filters.after is not None or filters.before is not None:
            yield Occur.Must, Query.const_score_query(self._dated(filters.after, filters.before), 0.0)

    def _exact(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value, "basic")

    def _dated(self, after: datetime | None, before: datetime | None) -> Query:
        first = None if after is None else to_microseconds(after)
        last = None if before is None else to_microseconds(before) - 1  # an open end cannot be exclusive
        return Query.range_query(self._schema, "published", tantivy.FieldType.Integer, first, last)

    def _best(self, query: Query, n: int) -> list[Scored]:
        hits = self._searcher.search(query, n, count=False).hits
        ids = self._searcher.fast_field_values("passage", [address for _, address in hits])
        return [(int(passage_id or 0), float(score)) for passage_id, (score, _) in zip(ids, hits, strict=True)]


def create_index(folder: Path | None) -> tantivy.Index:
    """An empty index, in the folder or in memory."""
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("passage", indexed=True, fast=True)
    schema.add_text_field("body", tokenizer_name=_ANALYZER, index_option="freq")
    schema.add_text_field("title", tokenizer_name=_ANALYZER, index_option="freq")
    for field in ("article", "collection", "publisher"):
        schema.add_text_field(field, tokenizer_name="raw", index_option="basic")
    schema.add_integer_field("published", indexed=True, fast=True)
    with _errors_of_the_disk():
        index = tantivy.Index(schema.build(), path=None if folder is None else str(folder))
    index.register_tokenizer(_ANALYZER, _analyzer())
    return index


def open_index(folder: Path) -> tantivy.Index:
    """The index in the folder."""
    with _errors_of_the_disk():
        index = tantivy.Index.open(str(folder))
    index.register_tokenizer(_ANALYZER, _analyzer())
    return index


def change_index(index: tantivy.Index, gone: NDArray[np.int64], new: Iterable[tuple[int, Article, str]]) -> None:
    """Take passages out and add (id, article, text) in one commit; returns when merging is done too."""
    with _errors_of_the_disk():
        writer = index.writer(_MEMORY_BYTES, _THREADS)
        for passage_id in gone.tolist():
            writer.delete_documents_by_term("passage", passage_id)
        for passage_id, article, text in new:
            writer.add_document(_document(passage_id, article, text))
        writer.commit()
        writer.wait_merging_threads()


def _document(passage_id: int, article: Article, text: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("passage", passage_id)
    document.add_text("body", text)
    document.add_text("title", article.title)
    document.add_text("article", article.id)
    document.add_text("collection", article.collection)
    if article.publisher is not None:
        document.add_text("publisher", article.publisher.casefold())
    if article.published_at is not None:
        document.add_integer("published", to_microseconds(article.published_at))
    return document


def _analyzer() -> tantivy.TextAnalyzer:
    filters = (
        tantivy.Filter.remove_long(_LONGEST_WORD),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("english"),
    )
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for one in filters:
        builder = builder.filter(one)
    return builder.build()


@contextmanager
def _errors_of_the_disk() -> Iterator[None]:
    """Tantivy reports what the disk did as a ValueError with the number in its text."""
    try:
        yield
    except ValueError as error:
        number = re.search(r"os error (\d+)|code: (\d+)", str(error))
        code = int(number.group(1) or number.group(2)) if number else errno.EIO
        raise OSError(code, f"lexical leg: {error}") from error
