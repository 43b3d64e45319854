"""From the words that stand for a speaker to the name: a pronoun to its person, a surname to the full name."""

import re
from collections.abc import Iterator, Sequence

from index.speakers.clauses import Token, paragraph_around, paragraph_before, tokens_of
from index.speakers.mentions import Mention, subject_of_sentence
from index.speakers.reported import sentences_of, speaker_of_sentence
from index.speakers.saying import FUNCTION_WORDS, MEANT_BY, ORGANISATIONS, PERSONAL, ROLES, TITLES

LONGEST_NAME = 4  # words
PASSAGE = 3  # paragraphs back, its own included, in which a pronoun's person is looked for
_FULL = r"\b([A-Z][\w’'-]+|[A-Z]\.)(?: (?:[A-Z]\.|de|la|van|von|der|bin|al|el))? {}\b"


def name_of(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range that names whom `text[start:end]` means; a description stands for itself; None for who knows whom."""
    words = text[start:end].lower()
    if words in PERSONAL:
        return _person_behind(text, start, words) if words in MEANT_BY else None
    return _full_name(text, start, end) or (start, end)


def _full_name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the text first names the person in full; None unless that is where the surname first stands."""
    surname = text[start:end]
    if not re.fullmatch(r"[A-Z][\w’'-]+", surname):
        return None
    earliest = re.search(rf"\b{re.escape(surname)}\b", text)
    found = _full_names(text, surname)
    if not earliest or not found or found[0].end() != earliest.end() or len({match[1] for match in found}) > 1:
        return None
    return _with_first_name(text, found[0].start()), found[0].end()


def _full_names(text: str, surname: str) -> list[re.Match[str]]:
    return [match for match in re.finditer(_FULL.format(re.escape(surname)), text) if _begins_name(match[1])]


def _with_first_name(text: str, start: int) -> int:
    """Where the name begins when a first name stands before a middle one: "[Sarah] Huckabee Sanders"."""
    word = re.search(r"([A-Z][\w’'-]+) $", text[max(0, start - 20) : start])
    return start - len(word[0]) if word and word[1].lower() in MEANT_BY["he"] | MEANT_BY["she"] else start


def _begins_name(word: str) -> bool:
    low = word.lower().rstrip(".")
    return (
        low not in FUNCTION_WORDS
        and low not in TITLES
        and low not in ROLES
        and not low.endswith("ly")
        and not word.endswith(("’s", "'s"))
    )


def _person_behind(text: str, at: int, pronoun: str) -> tuple[int, int] | None:
    """The last person to speak or act by name before the pronoun, unless another could be meant."""
    for tokens in _paragraphs_back(text, at):
        for first, last in reversed(list(sentences_of(tokens, 0, len(tokens)))):
            subjects = [(m, speaks) for m, speaks in _subjects(tokens, first, last) if m.end <= at]
            words = {text[m.start : m.end].lower() for m, _ in subjects}
            if words & (MEANT_BY.keys() - {pronoun}):
                return None
            named = [found for found in subjects if _is_named(text, found[0])]
            if named:
                return _one_person(text, named, pronoun)
    return None


def _paragraphs_back(text: str, at: int) -> Iterator[Sequence[Token]]:
    bounds: tuple[int, int] | None = paragraph_around(text, at)
    for _ in range(PASSAGE):
        if bounds is None:
            return
        yield tokens_of(text, bounds[0], bounds[1])
        bounds = paragraph_before(text, bounds[0])


def _subjects(tokens: Sequence[Token], first: int, last: int) -> Iterator[tuple[Mention, bool]]:
    """Who speaks in the sentence and its grammatical subject, each with whether he speaks."""
    speaker = speaker_of_sentence(tokens, first, last)
    if speaker:
        yield speaker, True
    main = subject_of_sentence(tokens, last - 1)
    if main and (speaker is None or main[:2] != speaker[:2]):
        yield main, False


def _is_named(text: str, mention: Mention) -> bool:
    words = text[mention.start : mention.end]
    return words.lower() not in PERSONAL and not words.startswith("The ")


def _one_person(text: str, named: Sequence[tuple[Mention, bool]], pronoun: str) -> tuple[int, int] | None:
    """The person, if all that are named are one. Who only acts has to have a first name that the pronoun fits."""
    found = [_person(text, mention, pronoun, speaks=speaks) for mention, speaks in named]
    names = {text[start:end] for start, end in filter(None, found)}
    return found[0] if len(names) == 1 and all(found) else None


def _person(text: str, mention: Mention, pronoun: str, *, speaks: bool) -> tuple[int, int] | None:
    """The full name, if this can be a person whom the pronoun means."""
    start, end = _full_name(text, mention.start, mention.end) or (mention.start, mention.end)
    words = text[start:end].split()
    wrong = MEANT_BY["she" if pronoun == "he" else "he"]
    before = text[max(0, start - 40) : start].lower().split()
    titled = bool(before) and before[-1].rstrip(".") in TITLES | ROLES
    if len(words) == 1 and not titled:  # "Trump" is "he" where there is a Donald Trump
        titled = any(match[1].lower() in MEANT_BY[pronoun] for match in _full_names(text, words[0]))
    if (
        len(words) > LONGEST_NAME
        or not (len(words) > 1 or titled)
        or not (words[0][0].isupper() and words[-1][0].isupper())
    ):
        return None
    if words[0].lower() not in MEANT_BY[pronoun] and not speaks:
        return None
    if (before and before[-1] in ("the", "a")) or any(word.lower() in ORGANISATIONS for word in words):
        return None
    return None if words[0].lower() in wrong or (before and before[-1] in wrong) else (start, end)
