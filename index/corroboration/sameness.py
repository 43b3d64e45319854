"""Whether two short answers mean the same, and whether they cannot both be right."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.corroboration.figures import Figure, differing_figures, find_values, read_figure, same_figure
from index.days import Day, differing_days, find_days, read_day, same_day
from index.words import stems

LONGEST_FULL_NAME = 4  # words: "George Herbert Walker Bush"
SHORTEST_ENDING = 5  # letters of a word whose ending is spelled in several ways
SHORTEST_STEM = 4  # letters that a country and its people share
PHRASE_OVERLAP = 0.75  # of the longer phrase's words that the shorter one must hold
PHRASE_WORDS = 2  # that two phrases must share at the least: "chocolate" is not "dark chocolate"

_TITLES = frozenset(
    """mr mrs ms dr sen senator rep representative gov governor president vice former prime minister premier chancellor
    king queen prince princess pope secretary general gen judge justice sir dame lord lady mayor sheriff""".split()
)
_CONNECTORS = frozenset("of for and in on at de la von van al & to with".split())
_NEGATIONS = frozenset("not no never without nor none".split())
# What follows one of these is another thing without it: "New York" is not "York", the "White House" not the "House".
_INSEPARABLE = frozenset(
    """new north south east west northern southern eastern western central upper lower great greater little san santa
    los las el st saint fort port mount mt lake cape gulf papua equatorial united white black red green""".split()
)
_GENERIC = frozenset("house city state university college party court street park times post bank council sea".split())
_FAMILY_NAME_FIRST = frozenset(
    "xi kim tsai lai lee li moon yoon park mao chen wang zhang liu wu han hou zhou deng nguyen ko hu".split()
)
_PREPOSITION = re.compile(r"^(?:in|on|at|by|from|since|for|of|to|near)\s+(?=\S)")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|&")


@dataclass(frozen=True, slots=True)
class Meaning:
    """An answer as it is compared: in lower case, without marks, articles, titles and possessives.

    `gloss` is what a comma sets off ("Paris, France"). `value` where it is a figure or a date.
    """

    words: tuple[str, ...]
    gloss: tuple[str, ...]
    value: Figure | Day | None
    is_name: bool
    initials: str  # "US" as written, where it may be an acronym; else ""


def same(one: str, other: str) -> bool:
    """Whether the two answers mean the same. Symmetric; not transitive: "Bush" is both George and Kate."""
    mine, yours = read(one), read(other)
    if mine.value is not None and yours.value is not None:
        return _same_value(mine.value, yours.value)
    if mine.value is not None or yours.value is not None:
        return False
    if mine.words == yours.words:
        if not mine.words:  # no word at all: "👍"
            return one.strip() == other.strip()
        return _glosses_fit(mine.gloss, yours.gloss)
    if mine.is_name and yours.is_name:
        return _same_name(mine, yours)
    return _same_phrase(mine, yours)


def differ(one: str, other: str) -> bool:
    """Whether both are figures, dates or names of the same thing, and cannot both be right. False in doubt."""
    mine, yours = read(one), read(other)
    if isinstance(mine.value, Figure) and isinstance(yours.value, Figure):
        return differing_figures(mine.value, yours.value)
    if isinstance(mine.value, Day) and isinstance(yours.value, Day):
        return differing_days(mine.value, yours.value)
    if not (mine.is_name and yours.is_name) or same(one, other):
        return False
    all_mine, all_yours = mine.words + mine.gloss, yours.words + yours.gloss
    return not (_are_within(all_mine, all_yours) or _are_within(all_yours, all_mine))


def holds(text: str, answer: str, *, beside: str) -> bool:
    """Whether the text names the answer too, in any wording: for a name its last word is enough.

    `beside` is the answer that the text gives: a last word that it shares ("Bush") proves nothing.
    """
    meaning = read(answer)
    if isinstance(meaning.value, Figure):
        return meaning.value.value in find_values(text)
    if isinstance(meaning.value, Day):
        return any(_says(day, meaning.value) for day in find_days(text))
    last_words = meaning.words[-1:]
    short = meaning.is_name and last_words != read(beside).words[-1:]
    return _contains(_words_of(text), last_words if short else meaning.words)


def size(answer: str) -> int:
    """How many words count in the answer: more in a full name than in a surname, more in a date with its year."""
    return len(read(answer).words)


@lru_cache(maxsize=4096)
def read(answer: str) -> Meaning:
    """What the answer means."""
    value = read_day(answer) or read_figure(answer)
    answer = _PREPOSITION.sub("", answer)
    head, gloss = _split_gloss(answer)
    words = _words_of(head if value is None else answer)
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    capitals = [word for word in _letters(head) if word.casefold() not in _CONNECTORS]
    is_name = value is None and bool(capitals) and all(word[0].isupper() or word[0].isdigit() for word in capitals)
    initials = capitals[0] if len(capitals) == 1 and capitals[0].isupper() else ""
    return Meaning(words, _words_of(gloss), value, is_name and any(w[0].isupper() for w in capitals), initials)


def _says(day: Day, asked: Day) -> bool:
    return same_day(day, asked) and (day.day is not None or asked.day is None)


def _same_value(mine: Figure | Day, yours: Figure | Day) -> bool:
    if isinstance(mine, Figure) and isinstance(yours, Figure):
        return same_figure(mine, yours)
    return isinstance(mine, Day) and isinstance(yours, Day) and same_day(mine, yours)


def _same_name(mine: Meaning, yours: Meaning) -> bool:
    """A surname, or a name without its middle words or with a role before it, stands for the whole name."""
    short, long = sorted((mine, yours), key=lambda meaning: len(meaning.words))
    few, many = short.words, long.words
    if not few or len(few) == len(many):
        return False
    if short.initials and few[0] == "".join(word[0] for word in many if word not in _CONNECTORS):
        return True
    if many[-len(few) :] == few:
        dropped = many[: -len(few)]
        return not (_CONNECTORS & set(dropped)) and dropped[-1] not in _INSEPARABLE and few[0] not in _GENERIC
    if len(few) == 1:
        return few[0] == many[0] and few[0] in _FAMILY_NAME_FIRST
    without_middle = (many[0], many[-1])
    return few == without_middle and len(many) <= LONGEST_FULL_NAME and not _CONNECTORS & set(many)


def _are_within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether each word has its like among the others: "Japan" in "the Japanese"."""
    return all(any(_are_kin(word, other) for other in many) for word in few)


def _are_kin(one: str, other: str) -> bool:
    if one == other:
        return True
    needed = max(SHORTEST_STEM, min(len(one), len(other)) - 1)
    return len(one) >= needed and one[:needed] == other[:needed]


def _same_phrase(mine: Meaning, yours: Meaning) -> bool:
    """The same content words, or nearly all of them; "not" and figures always matter."""
    one, other = " ".join(mine.words), " ".join(yours.words)
    if list(find_values(one)) != list(find_values(other)):
        return False
    few, many = sorted((stems(one), stems(other)), key=len)
    if not few or not few <= many or _NEGATIONS & (many - few):
        return False
    return few == many or (len(few) >= PHRASE_WORDS and len(few) / len(many) >= PHRASE_OVERLAP)


def _glosses_fit(mine: Sequence[str], yours: Sequence[str]) -> bool:
    """Whether they can be one place: "Wis." is Wisconsin, "Maine" is not Oregon, and one need not say."""
    return not mine or not yours or mine[0][0] == yours[0][0]


def _split_gloss(answer: str) -> tuple[str, str]:
    """The two halves of "Paris, France"; a list and a date with its time have no gloss."""
    head, _, tail = answer.partition(", ")
    is_list = "," in tail or re.search(r"\d|&|\band\b", answer) is not None
    return (answer, "") if is_list else (head, tail)


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(_one_ending(word.casefold()) for word in _letters(text))


def _letters(text: str) -> list[str]:
    """The words, case kept, without accents, dots of abbreviations, possessives and articles."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = re.sub(r"[’']s\b|(?<=s)[’'](?!\w)|(?<=[^\W\d_])[.’']", "", plain)
    words = _WORD.findall(plain)
    return [word for at, word in enumerate(words) if (word.casefold() if at == 0 else word) not in ("the", "a", "an")]


def _one_ending(word: str) -> str:
    """Zelensky, Zelenskyy and Zelenskiy."""
    return re.sub(r"(?:yy|iy|ij|ii)$", "y", word) if len(word) >= SHORTEST_ENDING else word


def _contains(words: Sequence[str], part: Sequence[str]) -> bool:
    width = len(part)
    return width > 0 and any(tuple(words[at : at + width]) == tuple(part) for at in range(len(words) - width + 1))
