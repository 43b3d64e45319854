"""The read path: question -> hits -> answer. A question never writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from index.answer import SHOWN_HITS, compose
from index.archives import Snapshot
from index.carriers import hits_with_outlets, with_outlets
from index.config import IndexConfig
from index.corroboration import correction_of
from index.errors import BadQuestion
from index.followups import complete
from index.reader import Reader
from index.search import find, retrieve
from index.stages import timed
from index.timing import timing_of
from index.types import Answer, Encoder, Filters, Hit, NoEvidence, Quote, Turn

HITS = 4 * SHOWN_HITS  # looked at: enough for those shown, a few of each article
MAX_CHARACTERS = 1_000  # a question; the encoder reads about that much


@dataclass(frozen=True, slots=True)
class Models:
    """What a question is answered with."""

    encoder: Encoder
    reader: Reader


def ask(
    question: str, asked_on: date, snapshot: Snapshot, models: Models, config: IndexConfig, filters: Filters
) -> Answer | NoEvidence:
    """Quotes that answer the question, or the nearest passages when none does.

    Raises:
        BadQuestion: nothing to ask: no letter or digit in it, or too long.
        ArchiveDamaged: an article that would be quoted is not what was stored.
    """
    asked = clean(question)
    timing = timing_of(asked, asked_on)
    with timed("encode"):
        vector = models.encoder.encode([asked])[0]
    hits_in = partial(retrieve, snapshot, asked, vector, limit=HITS, timing=timing)
    with timed("search"):
        hits = hits_in(timing.within(filters))
        if not hits and not timing.alone:  # days that the archive does not reach are those of the event
            hits = hits_in(filters)
    with timed("read"):
        least, most = config.min_confidence, config.quotes
        result = compose(asked, hits, models.reader, filters, quotes=most, min_confidence=least)
    with timed("quotes"):
        return _quotable(result, snapshot)


def _quotable(result: Answer | NoEvidence, snapshot: Snapshot) -> Answer | NoEvidence:
    """With outlets and corrections. Raises ArchiveDamaged: an article that is quoted is not what was stored."""
    if isinstance(result, Answer):
        quotes = (*result.quotes, *(rival.quote for rival in result.rivals))
        snapshot.require_whole({quote.stored.article.id: quote.stored for quote in quotes}.values())
    result = with_outlets(result, snapshot)
    return result if isinstance(result, NoEvidence) else _with_corrections(result, snapshot)


def _with_corrections(answer: Answer, snapshot: Snapshot) -> Answer:
    """The answer with the correction notice of its article beside each quote."""
    quotes = tuple(_with_correction(quote, snapshot) for quote in answer.quotes)
    rivals = tuple(replace(rival, quote=_with_correction(rival.quote, snapshot)) for rival in answer.rivals)
    return replace(answer, quotes=quotes, rivals=rivals)


def _with_correction(quote: Quote, snapshot: Snapshot) -> Quote:
    earlier = snapshot.earlier(quote.stored.article.id) if quote.stored.version > 1 else []
    return replace(quote, correction=correction_of([*earlier, quote.stored]))


def search(query: str, k: int, snapshot: Snapshot, encoder: Encoder, filters: Filters) -> list[Hit]:
    """The `k` best passages, best first, a few of each article.

    Raises:
        BadQuestion: nothing to search for: no letter or digit in it, or too long.
    """
    asked = clean(query)
    return hits_with_outlets(find(snapshot, asked, encoder.encode([asked])[0], filters, k), snapshot)


def made_whole(question: str, history: Sequence[Turn]) -> str:
    """The question as it is searched for: cleaned, and completed from the conversation before it where it leans on it.

    Raises:
        BadQuestion: as `clean`.
    """
    with timed("complete"):
        return complete(clean(question), history)


def clean(question: str) -> str:
    """The question with its white space made single.

    Raises:
        BadQuestion: no letter or digit in it, or over `MAX_CHARACTERS`.
    """
    asked = " ".join(question.split())
    if len(asked) > MAX_CHARACTERS:
        raise BadQuestion(f"That is {len(asked):,} characters long: ask in at most {MAX_CHARACTERS:,}.")
    if not re.search(r"[^\W_]", asked):
        raise BadQuestion("There is no word in that: write at least one, as in “Who suggested the summit?”")
    return asked
