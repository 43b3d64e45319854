"""Hits and their readings to evidence: the sentences that hold an answer, best first, with how likely each is."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.passages import Sentence, split_sentences
from index.reader import Candidate, Reader, Reading
from index.speakers import find_speaker
from index.types import Article, Hit, Span
from index.words import STOPWORDS

READ_FIRST, READ_HITS = 8, 20  # passages that are read at once, and at most
STANDS_OUT = 0.2  # of the probability, for one answer: the rest need not be read. Swept (docs/quality-log.md)
QUOTE_WORDS = 60  # longer sentences are quoted in part
# Weights of a span's own score, of its passage's relevance, that the passage answers at all, and of the logarithm of
# the passage's score in the search, and of how timely it is. Fitted on realtimeqa-2024 (docs/quality-log.md).
SPAN, RELEVANCE, ANSWERS, FOUND, TIMELY = 0.25, 0.25, 0.2, 2.0, 3.6

SPEAKER = 1.5  # less for an answer that is only who tells of it; not fitted: right on the seed article and the samples
REPEATED = 2.0  # less for an answer that stands in the question; swept (docs/quality-log.md)
CHECKED = 20  # the best spans, which this is looked at for
_PRONOUN = re.compile(r"(?i)(?:i|we|you|he|she|it|they|me|us|him|her|them|who|this|that|these|those)")  # answers nobody
_REST_OF_NAME = re.compile(r"(?<=[^\W\d_])(?:-[A-Z]\w+)+")  # "Reyes" of "Reyes-Thorn" is another person
_ASKS_WHO_SPEAKS = re.compile(
    r"(?i)\b(?:says?|said|tells?|told|announc|claim|warn|accus|call(?:s|ed)\b|comment|according|sp[eo]ke?)"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that may be the answer, and the sentence (two, when it takes both) that it stands in.

    `span` and `quote` are of the article's text. `probability` is of this span among all that were read, 0 to 1.
    """

    hit: Hit
    span: Span
    quote: Span
    score: float
    reading: Reading  # of its passage
    probability: float = 0.0

    @property
    def article(self) -> Article:
        """The article that says so."""
        return self.hit.stored.article

    @property
    def answer(self) -> str:
        """The words of the span."""
        return self.article.text[self.span.start : self.span.end]


def read_hits(question: str, hits: Sequence[Hit], reader: Reader) -> tuple[list[tuple[Hit, Reading]], list[Evidence]]:
    """What the reader makes of the first hits, most relevant first, and the evidence in them.

    `READ_FIRST` are read, and the others of `READ_HITS` where no answer stands out among those.
    """
    read = _read(question, hits[:READ_FIRST], reader)
    evidence = find_evidence(question, read)
    if not _stands_out(evidence):
        read += _read(question, hits[READ_FIRST:READ_HITS], reader)
        evidence = find_evidence(question, read)
    return sorted(read, key=lambda pair: (-_worth(*pair), pair[0].passage_id)), evidence


def _read(question: str, hits: Sequence[Hit], reader: Reader) -> list[tuple[Hit, Reading]]:
    readings = reader.read(question, [Candidate(hit.stored.article.title, hit.text) for hit in hits])
    return list(zip(hits, readings, strict=True))


def _stands_out(evidence: Sequence[Evidence]) -> bool:
    """Whether the best span, with those of the same words, holds enough of the probability."""
    same = (one.probability for one in evidence if one.answer.casefold() == evidence[0].answer.casefold())
    return sum(same) > STANDS_OUT


def find_evidence(question: str, read: Sequence[tuple[Hit, Reading]]) -> list[Evidence]:
    """The spans of all readings, best first; one for each sentence and answer."""
    asked = frozenset(_words(question))
    found = sorted(
        (_less_if_asked(one, asked) for hit, reading in read for one in _of_passage(hit, reading)), key=_order
    )
    if not _ASKS_WHO_SPEAKS.search(question):
        found[:CHECKED] = [_less_if_speaker(one) for one in found[:CHECKED]]
        found.sort(key=_order)
    if not found:
        return []
    total = sum(math.exp(one.score - found[0].score) for one in found)
    return [replace(one, probability=math.exp(one.score - found[0].score) / total) for one in found]


def _order(one: Evidence) -> tuple[float, int, int]:
    return -one.score, one.hit.passage_id, one.span.start


def _less_if_asked(one: Evidence, asked: frozenset[str]) -> Evidence:
    """What the question says itself is seldom its answer, unless it offers a choice: "California and which other"."""
    own = [word for word in _words(one.answer) if word not in STOPWORDS]
    repeats = own and asked.issuperset(own) and "or" not in asked
    return replace(one, score=one.score - REPEATED) if repeats else one


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _less_if_speaker(one: Evidence) -> Evidence:
    """Who tells of a deed is seldom who did it: "Peskov said Trump was the first to suggest it"."""
    speaker = find_speaker(one.article.text, one.quote.start, one.quote.end)
    tells = speaker is not None and speaker[0] < one.span.end and one.span.start < speaker[1]
    return replace(one, score=one.score - SPEAKER) if tells else one


def _worth(hit: Hit, reading: Reading) -> float:
    """What a passage is worth: its best span and all that counts for any of its spans."""
    return _about(hit, reading) + (SPAN * reading.spans[0].score if reading.spans else 0.0)


def _about(hit: Hit, reading: Reading) -> float:
    found = math.log(max(hit.score, 1e-6))
    return RELEVANCE * reading.relevance + ANSWERS * reading.answers + FOUND * found + TIMELY * hit.timeliness


def _of_passage(hit: Hit, reading: Reading) -> Iterator[Evidence]:
    parts = list(_quotable(hit))
    for scored in reading.spans:
        text = hit.stored.article.text
        rest = _REST_OF_NAME.match(text, hit.passage.start + scored.span.end, hit.passage.end)
        span = Span(hit.passage.start + scored.span.start, rest.end() if rest else hit.passage.start + scored.span.end)
        if (quote := _around(text, span, parts)) and not _PRONOUN.fullmatch(text[span.start : span.end]):
            yield Evidence(hit, span, quote, SPAN * scored.score + _about(hit, reading), reading)


def _around(text: str, span: Span, parts: Sequence[Span]) -> Span | None:
    """The sentence around the span, or the two that it reaches over when they are short enough; else nothing."""
    touched = [part for part in parts if part.start < span.end and span.start < part.end]
    if not touched:
        return None
    around = Span(touched[0].start, touched[-1].end)
    fits = around.start <= span.start and span.end <= around.end
    return around if fits and len(text[around.start : around.end].split()) <= QUOTE_WORDS else None


def _quotable(hit: Hit) -> Iterator[Span]:
    """The sentences of the passage, long ones in parts."""
    article, passage = hit.stored.article, hit.passage
    for sentence in _sentences(article):
        start, end = max(sentence.start, passage.start), min(sentence.end, passage.end)
        if start < end:
            yield from shorten(article.text, Span(start, end), QUOTE_WORDS)


@lru_cache(maxsize=64)
def _sentences(article: Article) -> tuple[Sentence, ...]:
    return tuple(split_sentences(article))


def shorten(text: str, span: Span, words: int) -> Iterator[Span]:
    """The span itself, or when it holds more words, its parts: at sentence ends, else clauses, else words.

    The parts are in order, do not overlap, and lose nothing but white space and a quotation mark without its partner.
    """
    if len(text[span.start : span.end].split()) <= words:
        if trimmed := _balance(text, span):
            yield trimmed
        return
    middle = _best_cut(text[span.start : span.end])
    yield from shorten(text, Span(span.start, span.start + middle), words)
    yield from shorten(text, Span(span.start + middle, span.end), words)


def _best_cut(text: str) -> int:
    """Where to halve: of the strongest kind of boundary there is, the one nearest the middle."""
    for boundary in (r"[.!?][”\"’')]*\s+(?=[\"“(]?[A-Z])", r"[;:—–]\s+|\n+", r",[”\"]?\s+", r"\s+"):
        if cuts := [found.end() for found in re.finditer(boundary, text) if 0 < found.end() < len(text)]:
            return min(cuts, key=lambda cut: abs(cut - len(text) / 2))
    return len(text) // 2


def _balance(text: str, span: Span) -> Span | None:
    """The span without white space at its ends, and without a quotation mark there whose partner is cut off."""
    start, end = span.start, span.end
    while start < end and (text[start].isspace() or (text[start] in '“”"' and _is_odd(text[start:end], text[start]))):
        start += 1
    while start < end and (
        text[end - 1].isspace() or (text[end - 1] in '“”"' and _is_odd(text[start:end], text[end - 1]))
    ):
        end -= 1
    return Span(start, end) if start < end else None


def _is_odd(text: str, mark: str) -> bool:
    if mark == '"':
        return text.count(mark) % 2 == 1
    return (text.count("“") > text.count("”")) if mark == "“" else (text.count("”") > text.count("“"))
