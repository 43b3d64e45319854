"""Bytes to text: strict, and with a reason where it does not work."""

import codecs
import re

from index.articles.rules import Unreadable

SAMPLE_BYTES = 8_192  # enough to tell a program or a picture from writing
MAX_CONTROL_SHARE = 0.02  # text has next to none; compressed data has about 10 %
DECLARATION_BYTES = 4_096  # browsers look for the charset in the first kilobyte; saved pages put a comment before it

_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27}) + b"\x7f"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LATIN1 = ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii")
_WEB_ENCODING = re.compile(
    r"windows-125[0-8]|iso-?8859-(?:[2-9]|1[03-6])|koi8-[ru]|gbk|gb2312|gb18030|big5|euc-(?:jp|kr)|shift_jis|iso-2022-jp",
    re.IGNORECASE,
)
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([a-z0-9_.:-]{2,40})", re.IGNORECASE
)


def decode(data: bytes) -> str:
    """UTF-8, with or without a byte order mark, or UTF-16 with one. Raises Unreadable for anything else."""
    if not data.strip():
        raise Unreadable("is empty")
    if data.startswith(_UTF16):
        return _decode_as(data, "utf-16")
    if is_binary(data):
        raise Unreadable("is a binary file, not text")
    return _decode_as(data, "utf-8")


def decode_page(data: bytes, stated: str | None = None) -> str:
    """As `decode`, but a web page that declares another encoding is read in that one; its server's word comes first."""
    declared = stated or _declared(data)
    if declared is None or data.startswith((codecs.BOM_UTF8, *_UTF16)) or is_binary(data):
        return decode(data)
    return _decode_as(data, _known_encoding(declared))


def is_binary(data: bytes) -> bool:
    """Whether the beginning looks like a program, picture or archive: a NUL, or many control characters."""
    sample = data[:SAMPLE_BYTES]
    if b"\x00" in sample:
        return True
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    return controls > MAX_CONTROL_SHARE * len(sample)


def _declared(data: bytes) -> str | None:
    found = _CHARSET.search(data[:DECLARATION_BYTES])
    return found.group(1).decode("ascii") if found else None


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"is not {encoding.upper()} text (byte {error.start:,} does not fit); save it as UTF-8"
        ) from None
    if "\x00" in text:
        raise Unreadable("is a binary file, not text")
    return text.removeprefix("\ufeff")


def _known_encoding(name: str) -> str:
    """The encoding to read with: a page that names one that the web does not have is taken as UTF-8."""
    if name.lower() in _LATIN1:
        return "cp1252"  # what every browser reads under these names (encoding.spec.whatwg.org)
    return name if _WEB_ENCODING.fullmatch(name) else "utf-8"
