"""Where the quotes of an answer stand in the archive, packed so small that a button's custom id holds them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from index import Answer, Quote

PACKED_LIMIT = 80  # characters: a custom id has 100 and says what the button does, too
_ID_BYTES = 8  # of an article: 16 hex digits


class Reference(NamedTuple):
    """`text[start:end]` of one version of one article. It comes back from clients: check what it points at again."""

    article_id: str
    version: int
    start: int
    end: int


def references_of(found: Answer) -> tuple[Reference, ...]:
    """The quotes of an answer as they are numbered in it: those for it first, then those against."""
    return tuple(reference_of(quote) for quote in (*found.agreeing, *(rival.quote for rival in found.rivals)))


def reference_of(quote: Quote) -> Reference:
    """Where the quote stands."""
    return Reference(quote.stored.article.id, quote.stored.version, quote.start, quote.end)


def pack(references: Iterable[Reference]) -> str:
    """The references, from the first on, as many as fit: four at least of articles as they are, mostly five."""
    packed = b""
    for reference in references:
        longer = packed + _packed(reference)
        if len(_written(longer)) > PACKED_LIMIT:
            break
        packed = longer
    return _written(packed)


def unpack(packed: str) -> tuple[Reference, ...]:
    """What `pack` was given; nothing where it was something else."""
    try:
        data = urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        return tuple(_references(data))
    except (ValueError, IndexError):
        return ()


def _packed(reference: Reference) -> bytes:
    numbers = (reference.version, reference.start, reference.end - reference.start)
    return bytes.fromhex(reference.article_id) + b"".join(map(_number, numbers))


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    head = bytearray()
    while value >= 0x80:  # noqa: PLR2004 - the eighth bit
        head.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*head, value])


def _references(data: bytes) -> Iterator[Reference]:
    at = 0
    while at < len(data):
        article_id, at = data[at : at + _ID_BYTES].hex(), at + _ID_BYTES
        version, at = _read(data, at)
        start, at = _read(data, at)
        length, at = _read(data, at)
        yield Reference(article_id, version, start, start + length)


def _read(data: bytes, at: int) -> tuple[int, int]:
    """A number and the position after it."""
    value, shift = data[at] & 0x7F, 7
    while data[at] & 0x80:
        at += 1
        value |= (data[at] & 0x7F) << shift
        shift += 7
    return value, at + 1


def _written(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
