"""A question that leans on the conversation before it, made whole: "why?" becomes "Why did Trump suggest it?".

Rules, for lack of a model that writes. They touch a question only where its form says that something is missing: a
question word alone ("when?"), a piece ("and in Germany?"), a verb of saying without what is said ("and what did Putin
say?"), or a pronoun where a question has its subject or the object of its only clause ("did she resign?", "who told
him?"). Where no sentence can be made, the words of the conversation stand behind the question: "how so? (…)".
"""

import re
from collections.abc import Sequence

from index.followups.asking import (
    ASKING,
    AUXILIARIES,
    ask_again,
    is_brief,
    is_one_sentence,
    keywords,
    subject_of,
    take_apart,
)
from index.followups.pronouns import Pronoun, leaning
from index.followups.referents import names_in, referent_of, things_in
from index.speakers.saying import DETERMINERS, PREPOSITIONS
from index.types import Turn

LONGEST = 1_000  # characters of a completed question: what may be asked at all
REMEMBERED = 8  # turns that are looked at
_PRONOUNS = 3  # of one question: "did he tell her about it?"
_FRAGMENT = 6  # words of a piece, such as "in Germany"
_NAMES = 3  # of a quote, behind a question that names nothing
_QUOTED = 25  # words of a quote that can stand in a question

_LEAD = re.compile(r"(?i)^(?:(?:and|but|so|ok|okay|then|also|well|yes|yeah|thanks|thank you)\b[,.!]?\s+)+")
_ABOUT = re.compile(r"(?i)^(?:what|how) about (.+)$")
_DID_IT = (
    r"(?: (?:did|does|do|would|will) (?:that|it|this|he|she|they)(?: (?:happen|do|say)(?: (?:that|this|it|so))?)?)?"
)
_WHO_IT = r"(?: (?:is|was|were) (?:that|it|they))?(?: did (?:that|it|this|so))?"
_WAS_IT = r"(?: (?:is|was|were|will|would) (?:that|it|this|those|they)(?: be)?)?"
_END = r"(?: (?:exactly|then|there|though|precisely|please|so|not))*$"
_ALONE = (
    ("Why", re.compile(rf"(?i)^(?:why|how come|what for|for what reason){_WAS_IT}{_DID_IT}{_END}")),
    ("When", re.compile(rf"(?i)^(?:since )?(?:when|(?:on )?what (?:day|date|year)){_WAS_IT}{_DID_IT}{_END}")),
    ("Where", re.compile(rf"(?i)^where{_WAS_IT}{_DID_IT}{_END}")),
    ("How", re.compile(rf"(?i)^how{_DID_IT}{_END}")),
    ("Who", re.compile(rf"(?i)^(?:by )?whom?{_WHO_IT}{_END}")),
    ("How many", re.compile(rf"(?i)^how many(?: (?:is|was|were) (?:that|it|they))?{_END}")),
    ("How much", re.compile(rf"(?i)^how much{_WAS_IT}{_END}")),
    ("Which", re.compile(rf"(?i)^which(?: ones?)?{_WAS_IT}{_END}")),
    ("What", re.compile(r"(?i)^what(?: exactly)?$")),
    ("How long", re.compile(r"(?i)^how long$")),
    ("How old", re.compile(r"(?i)^how old$")),
    ("How often", re.compile(r"(?i)^how often$")),
)  # fmt: skip
_ELSE = re.compile(r"(?i)^(who|what|where|when|why|how) else$")
_WHO_SAYS = re.compile(
    r"(?i)^(?:says who|according to whom?|who (?:said|says|claims|claimed|reported) (?:that|this|it|so))$"
)
_SAYS_NOTHING = re.compile(
    r"(?i)^what (?:did|does|do|has|have) .*\b(?:say|said|think|thought|answer|reply|replied|respond|claim|claimed)$"
)


def complete(question: str, turns: Sequence[Turn]) -> str:
    """The question made whole from the turns, oldest first; the same string where it stands alone or nothing fits.

    Pure. Completing what was completed changes nothing; a completion has at most `LONGEST` characters.
    """
    whole: list[Turn] = []
    for turn in turns[-REMEMBERED:]:
        whole.append(Turn(_settled(turn.question, whole), " ".join(turn.answer[:LONGEST].split())))
    return _settled(question, whole)


def _settled(question: str, turns: list[Turn]) -> str:
    """The completion, if it stands alone itself: one that would be completed again has gone wrong."""
    made = _completed(" ".join(question.split()), turns) if turns else None
    return made if made and len(made) <= LONGEST and _completed(made, turns) is None else question


def _completed(question: str, turns: list[Turn]) -> str | None:
    """The question made whole; None for one that stands alone."""
    last = turns[-1]
    said = _LEAD.sub("", question).rstrip(" ?!.,")
    if not said or question.rstrip("?").endswith(")") or not is_one_sentence(said):
        return None
    for word, alone in _ALONE:
        if alone.match(said):
            made = _asked_again(word, last)
            return _with_names(made, last) if made else _with_keywords(said, last)
    if _WHO_SAYS.match(said):
        return _who_said(last) or _with_keywords("Who said that", last)
    if other := _ELSE.match(said):
        return _what_else(other[1].capitalize(), last) or _with_keywords(said, last)
    if piece := _piece(said, led=len(said) < len(question.rstrip(" ?!.,"))):
        return _with_piece(piece, last) or _with_keywords(f"What about {piece}", last)
    return _with_referents(question, turns)


def _with_keywords(said: str, turn: Turn) -> str | None:
    """The question with what the conversation is about behind it, in brackets."""
    about = keywords(turn.question, turn.answer)
    return f"{said[0].upper()}{said[1:]}? ({about})" if about else None


def _asked_again(word: str, turn: Turn) -> str | None:
    asked = take_apart(turn.question)
    return ask_again(asked, word, turn.answer) if asked else None


def _who_said(turn: Turn) -> str | None:
    """Who says what was answered: the sentence of a brief answer, or the quote."""
    asked = take_apart(turn.question)
    if asked and is_brief(turn.answer) and asked.seeks_subject:
        sentence = f"{subject_of(asked, turn.answer)} {asked.auxiliary} {asked.rest}"
        return f"Who said that {' '.join(sentence.split())}?"
    words = re.sub(r"[“”\"()?!]", "", turn.answer).split()
    return f"Who said “{' '.join(words[:_QUOTED]).rstrip(' .,')}”?" if words and not is_brief(turn.answer) else None


def _what_else(word: str, turn: Turn) -> str | None:
    asked = take_apart(turn.question)
    if asked is None or asked.wanted.capitalize() != word:
        other = _asked_again(word, turn)
        return other.replace(f"{word} ", f"{word} else ", 1) if other else None
    return " ".join(f"{word} else {asked.auxiliary} {asked.rest}".split()) + "?"


def _piece(said: str, *, led: bool) -> str | None:
    """The piece of a question that there is instead of a question: "in Germany", "Peskov" of "what about Peskov"."""
    about = _ABOUT.match(said)
    piece = about[1] if about else said
    words = piece.split()
    low = [word.lower() for word in words]
    if len(words) > _FRAGMENT or (set(low) & (AUXILIARIES | ASKING)):
        return None
    named = words[0][0].isupper() or low[0] in ("the", "his", "her", "their")
    placed = low[0] in PREPOSITIONS and len(words) > 1
    return piece if about or placed or (led and named) else None


def _with_piece(piece: str, turn: Turn) -> str | None:
    """The last question with the piece in it: in the place of its like, or at the end."""
    told = turn.question.rstrip(" ?!.")
    first = piece.split(maxsplit=1)[0].lower()
    if told.endswith(")") or take_apart(told) is None:
        return None
    if first in PREPOSITIONS:
        like = re.search(rf"\b{re.escape(first)} (?:the )?[A-Z0-9][\w’-]*(?: [A-Z0-9][\w’-]*)*", told)
        return f"{told[: like.start()]}{piece}{told[like.end() :]}?" if like else f"{told} {piece}?"
    names = [name.words for name in names_in(told)]
    if len(names) != 1 or not piece[0].isupper() or names[0] == piece or names[0].startswith("the "):
        return None
    return told.replace(names[0], piece, 1) + "?"


def _with_referents(question: str, turns: list[Turn]) -> str | None:
    """The question with names for its pronouns, and with what was spoken of where it asks what somebody said."""
    made = question
    for _ in range(_PRONOUNS):
        found = leaning(_LEAD.sub("", made))
        if found is None:
            break
        named = _named(made, found, turns)
        if named is None:
            return _with_keywords(_LEAD.sub("", made).rstrip(" ?!.,"), turns[-1])
        made = named
    empty = _SAYS_NOTHING.match(_LEAD.sub("", made).rstrip(" ?!.,"))
    if empty and (made != question or _LEAD.match(question)):
        return _with_topic(made.rstrip(" ?!.,"), turns[-1])
    return _with_names(made, turns[-1]) if made != question else None


def _named(question: str, pronoun: Pronoun, turns: list[Turn]) -> str | None:
    """The question with what the pronoun means in its place; its offsets are those of the question without its lead."""
    lead = len(question) - len(_LEAD.sub("", question))
    start, end = pronoun.start + lead, pronoun.end + lead
    word = question[start:end].lower()
    name = None if word in ("that", "this") else referent_of(word, turns, question)
    if name is None:
        return None
    owned = ("’" if name.endswith("s") else "’s") if pronoun.owns else ""
    return f"{question[:start]}{name}{owned}{question[end:]}"


def _with_topic(said: str, turn: Turn) -> str | None:
    topic = _topic_of(turn)
    if topic is None or topic in said:
        return _with_keywords(said, turn)
    joint = " " if said.lower().endswith(" about") else " about "
    return f"{said}{joint}{topic}?"


def _topic_of(turn: Turn) -> str | None:
    """What the question is about, as words that can follow "about"; None where simple rules do not tell."""
    about = re.search(r" about (.+)$", turn.question.rstrip(" ?!."))
    if about:
        return about[1]
    asked = take_apart(turn.question)
    if asked is None:
        return None
    if asked.seeks_subject and asked.auxiliary and asked.noun:
        return f"the {asked.noun} {asked.rest}"
    if asked.seeks_subject and not asked.auxiliary:
        thing = asked.rest.partition(" ")[2]
        first = thing.split(maxsplit=1)[0] if thing else ""
        return thing if first.endswith("ing") or first.lower() in DETERMINERS or first[:1].isupper() else None
    things = things_in(asked.rest) or names_in("of " + asked.rest)
    return things[-1].words if things else None


def _with_names(made: str, turn: Turn) -> str:
    """The question, with names of the last one or of its quote behind it where it has none itself: which council."""
    if made.endswith(")") or names_in(made):
        return made
    names = names_in(turn.question) or ([] if is_brief(turn.answer) else names_in(turn.answer)[:_NAMES])
    behind = ", ".join(dict.fromkeys(name.words for name in names))
    return f"{made.rstrip(' ?!.,')}? ({behind})" if behind else made
