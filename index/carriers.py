"""Who else carries what is shown: "also in N outlets" beside quotes and passages.

A story lies within one collection, so that whoever may read one of its articles may read them all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from index.archives import Snapshot
from index.stories import outlet_key, outlet_of
from index.types import Answer, Hit, NoEvidence, Quote, StoredArticle

Outlets = Mapping[str, Mapping[str, str]]  # of each story: the names of its outlets by key, who published first first


def with_outlets(answer: Answer | NoEvidence, snapshot: Snapshot) -> Answer | NoEvidence:
    """The answer, each quote and passage with the other outlets that carry its article."""
    if isinstance(answer, NoEvidence):
        return replace(answer, hits=tuple(hits_with_outlets(answer.hits, snapshot)))
    quotes = [*answer.quotes, *(rival.quote for rival in answer.rivals)]
    outlets = _outlets([*(quote.stored for quote in quotes), *(hit.stored for hit in answer.hits)], snapshot)
    return replace(
        answer,
        quotes=tuple(_quote(quote, outlets) for quote in answer.quotes),
        rivals=tuple(replace(rival, quote=_quote(rival.quote, outlets)) for rival in answer.rivals),
        hits=tuple(_hit(hit, outlets) for hit in answer.hits),
    )


def hits_with_outlets(hits: Sequence[Hit], snapshot: Snapshot) -> list[Hit]:
    """The passages, each with the other outlets that carry its article."""
    outlets = _outlets([hit.stored for hit in hits], snapshot)
    return [_hit(hit, outlets) for hit in hits]


def _outlets(articles: Iterable[StoredArticle], snapshot: Snapshot) -> Outlets:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for carrier in snapshot.carriers({stored.story for stored in articles}):
        name = outlet_of(carrier.publisher, carrier.url)
        found[carrier.story].setdefault(outlet_key(name), name)
    return found


def _quote(quote: Quote, outlets: Outlets) -> Quote:
    return replace(quote, also=_others(quote.stored, outlets))


def _hit(hit: Hit, outlets: Outlets) -> Hit:
    return replace(hit, also=_others(hit.stored, outlets))


def _others(stored: StoredArticle, outlets: Outlets) -> tuple[str, ...]:
    own = outlet_key(outlet_of(stored.article.publisher, stored.article.url))
    return tuple(name for key, name in outlets.get(stored.story, {}).items() if key != own)
