"""Addresses in what people write."""

import re

from bot.escape import host_of

_WEB = re.compile("https?://", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"|`]+", re.IGNORECASE)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def first_link(text: str) -> str | None:
    """The first web address in the text, without the punctuation after it; None where there is none."""
    for found in _LINK.finditer(text):
        if address := web_address(_without_tail(found.group())):
            return address
    return None


def web_address(written: str) -> str | None:
    """An http or https address as it may be fetched; None for anything else, such as the path of a file."""
    address = written.strip()
    if re.search(r"\s", address) or not _WEB.match(address) or host_of(address) is None:
        return None
    scheme, rest = address.split("://", 1)
    return f"{scheme.lower()}://{rest}"


def _without_tail(link: str) -> str:
    """Marks that end the sentence or close a bracket around the link belong to what stands around it."""
    while link and (link[-1] in ".,;:!?'*_~" or _closes_nothing(link)):
        link = link[:-1]
    return link


def _closes_nothing(link: str) -> bool:
    opening = _PAIRS.get(link[-1])
    return opening is not None and link.count(link[-1]) > link.count(opening)
