"""Which articles tell the same story in the same words, and so are one source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from index.corroboration.claims import Claim
from index.types import Article

# Share of the shorter wording's shingles that the longer one holds (containment, Broder 1997, "On the resemblance and
# containment of documents"). Of 16,600 pairs of articles of two outlets in 2022 that share a shingle, the heads of four
# share 0.1 to 0.18, of none more but two transcripts of one speech (0.43).
COPIED = 0.5
COPIED_FROM_WIRE = 0.2  # where both name the same agency
SHINGLE = 5  # words
FEWEST_SHINGLES = 8  # fewer prove nothing
AROUND = 300  # characters on each side of a quote
HEAD_WORDS = 400  # of the whole text
HEAD_CHARS = 6 * HEAD_WORDS + 1000  # that surely hold so many words
DATELINE_CHARS = 600  # at the top, title lines and byline before it
UNNAMED = "an unnamed outlet"

_AGENCY = r"AP|Associated Press|Reuters|AFP|Agence France-Presse|UPI|PA Media|dpa|Xinhua|TASS|Interfax|Kyodo"
_DATELINE = re.compile(rf"\((?:The )?(?P<agency>{_AGENCY}|REUTERS)\)\s*[—–-]")
_BY_AGENCY = re.compile(rf"\b(?P<agency>{_AGENCY})\b")
_FULL_NAMES = {"associated press": "ap", "agence france-presse": "afp"}
_SECOND_LEVEL = frozenset("co com org net gov ac".split())  # of "bbc.co.uk"


@dataclass(frozen=True, slots=True)
class _Wording:
    near: frozenset[tuple[str, ...]]  # shingles of the quote and what stands around it
    head: frozenset[tuple[str, ...]]  # shingles of the first words of the text
    agency: str


def by_outlet(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """The claims under the independent outlet each comes from: the one that published the story first.

    Outlets come in the order of their first article. A later copy of an article never changes which outlets there are.
    """
    first: list[tuple[_Wording, str]] = []  # of each story
    names: dict[str, str] = {}
    told: dict[str, list[Claim]] = {}
    for claim in sorted(claims, key=_earliest):
        wording = _wording(claim)
        key = next((key for known, key in first if _is_copy(known, wording)), None)
        if key is None:
            name = outlet_of(claim.article)
            key = _key(name)
            first.append((wording, key))
            names.setdefault(key, name)
        told.setdefault(key, []).append(claim)
    return {names[key]: group for key, group in told.items()}


def outlet_of(article: Article) -> str:
    """The publisher, else the host that the article came from."""
    host = (urlsplit(article.url).hostname or "").removeprefix("www.")
    return article.publisher or host or UNNAMED


def _key(name: str) -> str:
    """One for an outlet and its site: "CNN" and "edition.cnn.com"."""
    low = name.casefold()
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", low):
        labels = low.split(".")[:-1]
        low = labels[-2] if labels[-1] in _SECOND_LEVEL and labels[1:] else labels[-1]
    return re.sub(r"^the\s|\W", "", low) or low


def _earliest(claim: Claim) -> tuple[datetime, str, int, str]:
    """Undated articles come last."""
    published = claim.article.published_at or datetime.max.replace(tzinfo=UTC)
    return published, claim.article.url, claim.quote.start, claim.answer


def _is_copy(one: _Wording, other: _Wording) -> bool:
    needed = COPIED_FROM_WIRE if one.agency and one.agency == other.agency else COPIED
    return max(_contained(one.near, other.near), _contained(one.head, other.head)) >= needed


def _contained(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer >= FEWEST_SHINGLES else 0.0


def _wording(claim: Claim) -> _Wording:
    text, quote = claim.article.text, claim.quote
    near = text[max(0, quote.start - AROUND) : quote.end + AROUND]
    return _Wording(_shingles(near), _shingles(text[:HEAD_CHARS], HEAD_WORDS), _agency(claim.article))


def _shingles(text: str, most_words: int | None = None) -> frozenset[tuple[str, ...]]:
    own = re.sub(r"“[^”\n]*”|\"[^\"\n]*\"", " ", text)  # two reporters may quote one speech
    words = re.findall(r"\w+", own.casefold())[:most_words]
    return frozenset(zip(*(words[at:] for at in range(SHINGLE)), strict=False))


def _agency(article: Article) -> str:
    """The wire agency in dateline, author or publisher; "" where none is named."""
    credit = f"{article.author or ''} / {article.publisher or ''}"
    found = _DATELINE.search(article.text[:DATELINE_CHARS]) or _BY_AGENCY.search(credit)
    name = found["agency"].lower() if found else ""
    return _FULL_NAMES.get(name, name)
