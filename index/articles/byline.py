"""Who wrote it and for whom, from lines such as "By Jane Doe, Reuters" or "Ahmed Kamel – Egypt Daily News"."""

import re
from dataclasses import dataclass

MAX_BYLINE_WORDS = 14  # three names and an outlet
MAX_BYLINE_CHARS = 200

_PARTICLE = r"(?:al|el|bin|ibn|da|de|del|della|den|der|di|dos|du|la|le|ter|van|von|y)"
_NAME_WORD = re.compile(rf"{_PARTICLE}|(?:{_PARTICLE}-)?[^\W\d_]+\.?(?:[-'’][^\W\d_]+|[^\W\d_]\.?)*")
_PARTICLE_WORD = re.compile(rf"{_PARTICLE}(?:-[^\W\d_]+)?")
_BY = re.compile(r"(?:written |reported |story )?by:?\s+(?P<rest>.+)", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[–—-]\s+|\s*\|\s*|\s+/\s+|\s*[•·]\s*")
_COMMA_OUTLET = re.compile(
    r"[A-Z]{2,}(?: [A-Z][\w.]+){0,2}|(?:the )?[A-Z]\w+"
    r"|.*\b(?:News|Times|Post|Press|Agency|Daily|Herald|Tribune|Journal|Network|Radio|TV|Television|Today|Guardian|Observer|Gazette|Chronicle|Review|Reuters|Week|Weekly|Standard|Mail|Globe|Wire|Dispatch)",
)
_ROLE = re.compile(
    r"(?:.*\b)?(?:editor|reporter|correspondent|writer|staff|contributor|columnist|producer|journalist|bureau)s?\b.*",
    re.IGNORECASE,
)
_OUTLET = re.compile(r"(?=.*[^\W\d_])[^.!?:;]{2,80}")


@dataclass(frozen=True, slots=True)
class Byline:
    """Author and publisher as a line names them; at least the author is there."""

    author: str
    publisher: str | None = None


def parse_byline(line: str) -> Byline | None:
    """Author and outlet that the line names; None where it is no byline."""
    if len(line) > MAX_BYLINE_CHARS or len(line.split()) > MAX_BYLINE_WORDS or line.endswith((".", "!", "?", ":", ",")):
        return None
    marked = _BY.fullmatch(line)
    author, *others = (part.strip() for part in _SEPARATOR.split(marked["rest"] if marked else line))
    outlet = next((part for part in others if _is_outlet(part)), None)
    if marked and not others:
        author, outlet = _split_at_comma(author)
    if not _is_author(author, marked=marked is not None) or not (marked or outlet):
        return None
    return Byline(author, outlet)


def _split_at_comma(text: str) -> tuple[str, str | None]:
    """Author and outlet: "Doe, Reuters" names an outlet, "Jane Doe, John Roe" two people, "Doe, Staff Writer" one."""
    head, _, tail = text.rpartition(", ")
    if head and _ROLE.fullmatch(tail):
        return head, None
    if head and _COMMA_OUTLET.fullmatch(tail):
        return head, tail
    return text, None


def _is_outlet(text: str) -> bool:
    """Whether it can be the name of a paper or agency: capitalised, no role, no date."""
    starts_upper = text[:1].isupper() or text[:4].lower() == "the "
    return starts_upper and _OUTLET.fullmatch(text) is not None and not _ROLE.fullmatch(text)


def _is_author(text: str, *, marked: bool) -> bool:
    """Capitalised names of two words or more; after "By" one word will do ("By Reuters")."""
    names = [word for word in re.split(r"[\s,&]+|\band\b", text) if word]
    capitals = sum(name[0].isupper() for name in names)
    return capitals >= (1 if marked else 2) and all(_is_name(name) for name in names)


def _is_name(word: str) -> bool:
    return _NAME_WORD.fullmatch(word) is not None and (word[0].isupper() or _PARTICLE_WORD.fullmatch(word) is not None)
