"""Publishers and collections that are asked for and that the archive has not: said where nothing was found."""

from collections.abc import Sequence
from difflib import get_close_matches

from index.news import NewsIndex
from index.types import Filters

NAMED = 5  # of those that there are


def unknown_names(index: NewsIndex, publisher: str | None, collections: Sequence[str] | None) -> list[str]:
    """A sentence for each name that no article of the archive has. Publishers are compared without regard to case."""
    if publisher is None and not collections:
        return []
    there = index.status().collections
    missing = [_sentence("collection", one, there) for one in collections or () if one not in there]
    publishers = index.publishers(Filters(collections=there))
    if publisher is not None and publisher.casefold() not in {one.casefold() for one in publishers}:
        missing.append(_sentence("publisher", publisher, publishers))
    return missing


def _sentence(what: str, name: str, there: Sequence[str]) -> str:
    named = _closest(name, there)
    rest = f", and {len(there) - len(named):,} more" if len(there) > len(named) else ""
    if not there:
        return f"The archive has no {what} at all."
    return f"The archive has no {what} {name}; it has {', '.join(named)}{rest}."


def _closest(name: str, there: Sequence[str]) -> list[str]:
    """Some of those that there are, what is written most like the name first."""
    by_folded = {one.casefold(): one for one in there}
    close = get_close_matches(name.casefold(), by_folded, NAMED)
    return [*(by_folded[one] for one in close), *(one for one in there if one.casefold() not in close)][:NAMED]
