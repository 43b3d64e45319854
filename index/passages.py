"""Article to sentences and passages: exact slices that cover the text, with no sentence and no quotation cut in two."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sentencex import get_sentence_boundaries

from index.furniture import is_furniture
from index.types import Article, Passage, Span

TARGET_TOKENS = 176  # a passage closes before the sentence that would take it past this: about 130 words
HEADER_TOKENS = 48  # of the encoder's limit for title, publisher, date and heading; longer titles are shortened
SPECIAL_TOKENS = 2  # [CLS] and [SEP]

QUOTED_SENTENCES = (
    60  # more than that in one quotation is too long for a passage: bounds the work on odd quotation marks
)

# Titles that sentencex 1.0 takes for sentence ends (25 of "Ms.", 5 of "Rep." in 3,000 articles of 2024).
_TITLE_AT_END = re.compile(r"\b(?:Ms|Mx|Reps?|Sens)\.$")

TokenCounter = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or several that one pair of quotation marks holds together: `article.text[start:end]`."""

    start: int
    end: int
    section: int = 0  # stretches between headings, counted from 0
    heading: Span | None = None  # the heading it stands under


def split_sentences(article: Article) -> list[Sentence]:
    """The sentences of the text in order. They hold every character of it but white space and headings."""
    return [
        Sentence(span.start, span.end, number, heading)
        for number, (heading, section) in enumerate(_sections(article))
        for paragraph in _paragraphs(article.text, section)
        for span in _keep_quotations(article.text, paragraph)
    ]


def surroundings(article: Article, start: int, end: int, *, sentences: int) -> Span:
    """`start` to `end` with up to so many whole sentences before and after them, of the same section."""
    cut = split_sentences(article)
    touched = [sentence for sentence in cut if sentence.end > start and sentence.start < end]
    if not touched:
        return Span(start, end)
    section = [sentence for sentence in cut if touched[0].section <= sentence.section <= touched[-1].section]
    first = max(0, section.index(touched[0]) - sentences)
    last = section.index(touched[-1]) + sentences
    return Span(min(start, section[first].start), max(end, section[: last + 1][-1].end))


def split_article(article: Article, *, max_tokens: int, count_tokens: TokenCounter) -> list[Passage]:
    """Cut at sentence ends so that passages cover the text without loss; a quotation is never split.

    With its header (`describe`) no passage is longer than `max_tokens`. A sentence or quotation that alone is longer
    is cut, between words where it has any.
    """
    limit = max_tokens - HEADER_TOKENS - SPECIAL_TOKENS
    sentences = split_sentences(article)
    counts = count_tokens([article.text[s.start : s.end] for s in sentences])
    pieces: list[tuple[Sentence, int]] = []
    for sentence, count in zip(sentences, counts, strict=True):
        pieces += [(sentence, count)] if count <= limit else _cut(article.text, sentence, limit, count_tokens)
    return [_join(group) for group in _pack(pieces, min(TARGET_TOKENS, limit))]


def describe(article: Article, passages: Sequence[Passage], count_tokens: TokenCounter) -> list[str]:
    """What is encoded of each passage: title, section, publisher and date ahead of its text. It is never quoted."""
    date = f"{article.published_at:%d %B %Y}" if article.published_at else None
    source = ", ".join(filter(None, [article.publisher, date]))
    headers: dict[Span | None, str] = {}
    for heading in {passage.heading for passage in passages}:
        section = article.text[heading.start : heading.end] if heading else ""
        header = ". ".join(part.rstrip(".") for part in (article.title, section, source) if part)
        headers[heading] = _longest_start(header, HEADER_TOKENS, count_tokens)
    return [f"{headers[p.heading]}. {article.text[p.start : p.end]}" for p in passages]


def _sections(article: Article) -> Iterator[tuple[Span | None, Span]]:
    """The stretches of text between headings, each with the heading above it; a link to elsewhere is none of those."""
    above: Span | None = None
    start = 0
    for heading in article.headings:
        yield above, Span(start, heading.start)
        start = heading.end
        if not is_furniture(article.text[heading.start : heading.end]):
            above = heading
    yield above, Span(start, len(article.text))


def _paragraphs(text: str, section: Span) -> Iterator[list[Span]]:
    """The sentences of each paragraph, white space around them left out."""
    paragraph: list[Span] = []
    for piece in get_sentence_boundaries("en", text[section.start : section.end]):
        if piece["is_paragraph_break"]:
            yield paragraph
            paragraph = []
        elif span := _strip(text, section.start + piece["start_index"], section.start + piece["end_index"]):
            if paragraph and _TITLE_AT_END.search(text, paragraph[-1].start, paragraph[-1].end):
                span = Span(paragraph.pop().start, span.end)
            paragraph.append(span)
    yield paragraph


def _strip(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    if not piece.strip():
        return None
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))


def _keep_quotations(text: str, sentences: list[Span]) -> Iterator[Span]:
    """Join the sentences that stand inside one pair of quotation marks, if it closes within the paragraph."""
    marks = [_count_marks(text[sentence.start : sentence.end]) for sentence in sentences]
    position = 0
    while position < len(sentences):
        last = position + _closing(marks[position : position + QUOTED_SENTENCES])
        yield Span(sentences[position].start, sentences[last].end)
        position = last + 1


def _count_marks(sentence: str) -> tuple[int, int]:
    return sentence.count("“") - sentence.count("”"), sentence.count('"')


def _closing(marks: list[tuple[int, int]]) -> int:
    """Where the quotation that the first sentence opens has closed: 0 when it opens none, or none that closes."""
    curly, straight = 0, 0
    for i, (opened, more) in enumerate(marks):
        curly, straight = curly + opened, straight + more
        if curly <= 0 and straight % 2 == 0:
            return i
    return 0


def _cut(text: str, sentence: Sentence, limit: int, count_tokens: TokenCounter) -> Iterator[tuple[Sentence, int]]:
    """Pieces of at most `limit` tokens, between words; a single word that is longer is cut inside."""
    words = [match.span() for match in re.finditer(r"\S{1,64}\s*", text[sentence.start : sentence.end])]
    counts = count_tokens([text[sentence.start + a : sentence.start + b] for a, b in words])
    start, total = 0, 0
    for (a, _), count in zip(words, counts, strict=True):
        if total and total + count > limit:
            yield replace(sentence, start=sentence.start + start, end=sentence.start + a), total
            start, total = a, 0
        total += count
    yield replace(sentence, start=sentence.start + start), total


def _pack(pieces: list[tuple[Sentence, int]], target: int) -> Iterator[list[Sentence]]:
    """Groups of neighbours in one section, each closed before it would pass `target` tokens."""
    for _, section in itertools.groupby(pieces, key=lambda piece: piece[0].section):
        group: list[Sentence] = []
        total = 0
        for sentence, count in section:
            if group and total + count > target:
                yield group
                group, total = [], 0
            group.append(sentence)
            total += count
        yield group


def _join(group: list[Sentence]) -> Passage:
    return Passage(group[0].start, group[-1].end, group[0].heading)


def _longest_start(text: str, limit: int, count_tokens: TokenCounter) -> str:
    words = re.findall(r"\S{1,64}", text)
    totals = itertools.accumulate(count_tokens(words))
    return " ".join(word for word, total in zip(words, totals, strict=True) if total <= limit)
