"""Who published an article, and which agency wrote it."""

import re
from urllib.parse import urlsplit

from index.types import Article

UNNAMED = "an unnamed outlet"
DATELINE_CHARS = 600  # at the top, title lines and byline before it

_AGENCIES = r"AP|Associated Press|Reuters|AFP|Agence France-Presse|UPI|PA Media|dpa|Xinhua|TASS|Interfax|Kyodo"
_DATELINE = re.compile(rf"\((?:The )?(?P<agency>{_AGENCIES}|REUTERS)\)\s*[—–-]")
# "PORT ALDER (Northern Wire) —": a place in capitals, and whoever reports from there
_ANY_DATELINE = re.compile(
    r"(?m)^[^\W\d_a-z][^a-z\n(]{2,40}(?:, [A-Z][\w. ]{1,20})?\s"
    r"\((?:The )?(?P<agency>[A-Z][\w.&’' -]{1,30})\)\s*(?:[—–]|--?\s)"
)
_BY_AGENCY = re.compile(rf"\b(?P<agency>{_AGENCIES})\b")
_SHORT_NAMES = {"associated press": "AP", "agence france-presse": "AFP", "reuters": "Reuters"}
_SECOND_LEVEL = frozenset("co com org net gov ac".split())  # of "bbc.co.uk"


def outlet_of(publisher: str | None, url: str) -> str:
    """The publisher, else the host that the article came from."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return publisher or host or UNNAMED


def outlet_key(name: str) -> str:
    """One for an outlet and its site: "CNN" and "edition.cnn.com"."""
    low = name.casefold()
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", low):
        labels = low.split(".")[:-1]
        low = labels[-2] if labels[-1] in _SECOND_LEVEL and labels[1:] else labels[-1]
    return re.sub(r"^the\s|\W", "", low) or low


def agency_of(article: Article) -> str | None:
    """The wire agency that its dateline ("WASHINGTON (AP) —"), author or publisher names; an outlet is not its own."""
    top = article.text[:DATELINE_CHARS]
    credit = f"{article.author or ''} / {article.publisher or ''}"
    found = _DATELINE.search(top) or _BY_AGENCY.search(credit)
    if found:
        return _SHORT_NAMES.get(found["agency"].lower(), found["agency"])
    named = _ANY_DATELINE.search(top)
    return named["agency"] if named and not _is_own(named["agency"], article) else None


def _is_own(agency: str, article: Article) -> bool:
    """Whether the name in a dateline is the outlet's own: "LONDON (CNN Business) —" at CNN."""
    mine, named = outlet_key(outlet_of(article.publisher, article.url)), outlet_key(agency)
    return mine in named or named in mine
