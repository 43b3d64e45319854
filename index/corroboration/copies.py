"""Which claims come from one source: outlets that carry the same text, or the same agency's, are not independent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from index.corroboration.claims import Claim
from index.stories import Shingles, agency_of, contained, outlet_key, outlet_of, own_words, shingles

# Share of the shorter wording's shingles that the longer one holds (containment, Broder 1997, "On the resemblance and
# containment of documents"). Of 16,600 pairs of articles of two outlets in 2022 that share a shingle, the heads of four
# share 0.1 to 0.18, of none more but two transcripts of one speech (0.43).
COPIED = 0.5
SHINGLE = 5  # words
FEWEST_SHINGLES = 8  # fewer prove nothing
AROUND = 300  # characters on each side of a quote
HEAD_WORDS = 400  # of the whole text
HEAD_CHARS = 6 * HEAD_WORDS + 1000  # that surely hold so many words


@dataclass(frozen=True, slots=True)
class _Source:
    claim: Claim
    near: Shingles  # of the quote and what stands around it


def by_outlet(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """The claims under the independent outlet each comes from: the agency, or who published the story first.

    Outlets come in the order of their first article. A later copy of an article never changes which outlets there are.
    """
    first: list[tuple[_Source, str]] = []  # of each story
    names: dict[str, str] = {}
    told: dict[str, list[Claim]] = {}
    for claim in sorted(claims, key=_earliest):
        source = _Source(claim, _near(claim))
        key = next((key for known, key in first if _is_copy(known, source)), None)
        if key is None:
            name = agency_of(claim.article) or outlet_of(claim.article.publisher, claim.article.url)
            key = outlet_key(name)
            first.append((source, key))
            names.setdefault(key, name)
        told.setdefault(key, []).append(claim)
    return {names[key]: group for key, group in told.items()}


def _earliest(claim: Claim) -> tuple[datetime, str, int, str]:
    """Undated articles come last."""
    published = claim.article.published_at or datetime.max.replace(tzinfo=UTC)
    return published, claim.article.url, claim.quote.start, claim.answer


def _is_copy(one: _Source, other: _Source) -> bool:
    """Whether the archive holds them for one story, or what stands around the quotes is the same.

    Of articles of two collections the archive says nothing: there the heads are compared.
    """
    mine, yours = one.claim, other.claim
    if mine.story and mine.story == yours.story:
        return True
    if _copied(one.near, other.near):
        return True
    known = mine.story and yours.story and mine.article.collection == yours.article.collection
    return not known and _copied(_head(mine), _head(yours))


def _copied(one: Shingles, other: Shingles) -> bool:
    return min(len(one), len(other)) >= FEWEST_SHINGLES and contained(one, other) >= COPIED


def _near(claim: Claim) -> Shingles:
    near = claim.article.text[max(0, claim.quote.start - AROUND) : claim.quote.end + AROUND]
    return shingles(own_words(near), SHINGLE)


def _head(claim: Claim) -> Shingles:
    return shingles(own_words(claim.article.text[:HEAD_CHARS])[:HEAD_WORDS], SHINGLE)
