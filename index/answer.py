"""Hits to an answer: choose the sentences that answer, quote them as they stand, or decline."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.kinds import find_short
from index.passages import Sentence, split_sentences
from index.reader import Reader
from index.search import spread
from index.types import Answer, Article, Filters, Hit, NoEvidence, Quote, Span

READ_HITS = 10  # passages whose sentences are weighed
SHOWN_HITS = 20  # passages that an answer carries along
QUOTE_WORDS = 60  # longer sentences are quoted in part
PER_ARTICLE = 2  # quotes of one article in an answer
# Added to a sentence's own score: its passage's cosine and its passage's score in the search, and less for standing
# later in its article, as news put first what matters. Swept (docs/quality-log.md).
PASSAGE, FUSED, LATER, LATEST = 1.0, 3.0, 0.3, 20
KEPT = 0.85  # quotes that score less than this share of the best are left out

# Confidence is 1 / (1 + exp(-SLOPE * (score - MIDDLE))): how often the first quote held the answer on realtimeqa-2024,
# where questions are hard and the archive is large (docs/quality-log.md).
SLOPE, MIDDLE = 1.95, 2.51


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    span: Span
    score: float

    @property
    def text(self) -> str:
        return self.hit.stored.article.text[self.span.start : self.span.end]


def compose(
    question: str, hits: Sequence[Hit], reader: Reader, filters: Filters, *, quotes: int, min_confidence: float
) -> Answer | NoEvidence:
    """The best sentences of the hits as quotes, or `NoEvidence` when none is good enough.

    `hits` come best first. At most `quotes` quotes; a confidence under `min_confidence` declines.
    """
    ranked = _rank(question, hits[:READ_HITS], reader)
    shown = tuple(spread(hits, filters)[:SHOWN_HITS])
    confidence = _confidence(ranked[0].score) if ranked else 0.0
    if not ranked or confidence < min_confidence:
        return NoEvidence(question, confidence, shown)
    chosen = tuple(_choose(ranked, quotes))
    return Answer(question, chosen, find_short(question, chosen[0].text), confidence, shown)


def _rank(question: str, hits: Sequence[Hit], reader: Reader) -> list[_Candidate]:
    found = [(hit, span, place) for hit in hits for span, place in _quotable(hit)]
    texts = [hit.stored.article.text[span.start : span.end] for hit, span, _ in found]
    scores = reader.score(question, texts, [hit.stored.article.title for hit, _, _ in found])
    candidates = [
        _Candidate(hit, span, score + _standing(hit, place))
        for (hit, span, place), score in zip(found, scores, strict=True)
    ]
    return sorted(candidates, key=lambda c: (-c.score, c.hit.passage_id, c.span.start))


def _standing(hit: Hit, place: int) -> float:
    """What a sentence gains by where it stands: in which passage, and how early in the article."""
    return PASSAGE * hit.similarity + FUSED * hit.score - LATER * min(place, LATEST) / LATEST


def _choose(ranked: Sequence[_Candidate], limit: int) -> Iterator[Quote]:
    """The best and what comes near it, no wording twice, at most `PER_ARTICLE` of one article."""
    worded: set[str] = set()
    taken: Counter[str] = Counter()
    for candidate in ranked:
        wording = " ".join(re.findall(r"\w+", candidate.text.lower()))
        article_id = candidate.hit.stored.article.id
        if worded and candidate.score < KEPT * ranked[0].score:
            return
        if wording in worded or taken[article_id] == PER_ARTICLE:
            continue
        worded.add(wording)
        taken[article_id] += 1
        yield Quote(candidate.hit.stored, candidate.span.start, candidate.span.end, candidate.score)
        if len(worded) == limit:
            return


def _quotable(hit: Hit) -> Iterator[tuple[Span, int]]:
    """The sentences of the passage, long ones in parts, each with its sentence's place in the article."""
    article, passage = hit.stored.article, hit.passage
    for place, sentence in enumerate(_sentences(article)):
        start, end = max(sentence.start, passage.start), min(sentence.end, passage.end)
        if start < end:
            yield from ((span, place) for span in shorten(article.text, Span(start, end), QUOTE_WORDS))


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


def _confidence(score: float) -> float:
    return 1 / (1 + math.exp(-SLOPE * (score - MIDDLE)))
