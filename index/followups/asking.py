"""A question taken apart, and asked again in another way: "Who suggested it?", Trump: "Why did Trump suggest it?"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.followups.verbs import BASES, is_finite, with_helper
from index.speakers.saying import DETERMINERS, PERSONAL, PREPOSITIONS

BRIEF = 12  # words of a short answer that can stand in a question; a longer one is a quote
KEYWORDS = 24  # words that stand behind a question which cannot be asked again as one sentence

DOING = frozenset("do does did".split())
BEING = frozenset("is are was were".split())
AUXILIARIES = DOING | BEING | frozenset("am has have had will would can could shall should may might must".split())
ASKING = frozenset("who whom whose what which when where why how".split())
_PLACES = frozenset("city country town state place street village".split())
_TIMES = frozenset("day date month year time".split())
_UNNEEDED = frozenset(("", "when", "why", "how"))  # their answer adds nothing to the next question
_LONGEST_WANTED = 6  # words: "In which of the four hospitals"
# A full stop that ends no short capital word, such as "Mr." or "Oct.": a sentence has it, a short answer has not.
_PUNCTUATED = re.compile(
    r"[!?”\"]|[^\W\d_]{5}\.$|\b[a-z]\w*\.$|(?<!\b[A-Z])(?<!\b[A-Z]\w)(?<!\b[A-Z]\w\w)(?<!\b[A-Z]\w{3})[.:;]\s"
)
_SENTENCE_ENDS = re.compile(r"(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St)\.)(?<!\b(?:Mrs|Oct|Sen|Gen)\.)(?<=[.?!:;)])\s")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in three: "[How many people] [were] [hurt]", "[Who] [] [suggested it]", "[] [Did] [it sink]"."""

    wanted: str
    auxiliary: str
    rest: str

    @property
    def word(self) -> str:
        """The question word: "where", for "In which city" too, "when" for "What year"; '' where yes or no is asked."""
        low = self.wanted.lower().split()
        found = next((word for word in low if word in ASKING), "")
        if found in ("which", "what") and set(low) & (_PLACES | _TIMES):
            return "where" if _PLACES & set(low) else "when"
        return found

    @property
    def noun(self) -> str:
        """What is counted or chosen among: "people" of "How many people"."""
        words = self.wanted.split()
        at = next((at for at, word in enumerate(words) if word.lower() in ASKING), 0) + 1
        if self.word == "how":
            return " ".join(words[at + 1 :]) if words[at : at + 1] in (["many"], ["much"]) else ""
        return " ".join(words[at:])

    @property
    def seeks_subject(self) -> bool:
        """Whether the answer is the subject: "Who was in command?", and not "Who was Trump meeting?"."""
        if self.word not in ("who", "what", "which", "how") or self.auxiliary in DOING or not self.rest:
            return False
        return not self.auxiliary or not _begins_noun(self.rest)

    @property
    def seeks_identity(self) -> bool:
        """Whether it asks what somebody or something is: "Who is Kirill Dmitriev?"."""
        return self.wanted.lower() in ("who", "what") and self.auxiliary in BEING and _begins_noun(self.rest)


def _begins_noun(words: str) -> bool:
    first = words.split(maxsplit=1)[0] if words else ""
    return first[:1].isupper() or first.lower() in DETERMINERS | PERSONAL


def is_one_sentence(question: str) -> bool:
    """Whether there is one sentence only: an earlier one would say what the last is about."""
    return not _SENTENCE_ENDS.search(question)


def take_apart(question: str) -> Asked | None:
    """The parts of a question; None when it is not one sentence that begins as a question does."""
    words = question.rstrip(" ?!.").split()
    if not words or not is_one_sentence(question):
        return None
    low = [word.lower() for word in words]
    if low[0] in AUXILIARIES:
        return Asked("", words[0], " ".join(words[1:]))
    start = 1 if low[0] in PREPOSITIONS and len(low) > 1 else 0
    if low[start] not in ASKING:
        return None
    for at in range(start + 1, min(len(words), start + 1 + _LONGEST_WANTED)):
        if low[at] in AUXILIARIES:
            return Asked(" ".join(words[:at]), low[at], " ".join(words[at + 1 :]))
        if low[start] not in _ADVERBS and _is_verb(low, at, first=start + 1):
            return Asked(" ".join(words[:at]), "", " ".join(words[at:]))
    return None


def _is_verb(low: Sequence[str], at: int, *, first: int) -> bool:
    """Whether the question's verb stands here: "[suggested] it", "[runs] it", "ministers [coordinate] it"."""
    if at == first:
        return is_finite(low[at])
    return (is_finite(low[at]) and not low[at].endswith("s")) or (low[at] in BASES and low[at - 1].endswith("s"))


_ADVERBS = frozenset("when where why whom".split())


def ask_again(asked: Asked, word: str, answer: str) -> str | None:
    """The question for `word` ("Why") about what a question and its answer say; None where simple rules do not do."""
    if asked.seeks_identity or (asked.word == word.lower() and not asked.noun):
        return None
    if asked.seeks_subject:
        return _about_subject(asked, word, answer)
    if word not in ("Why", "When", "Where", "How"):
        return None
    rest, behind = _filled(asked, answer), ""
    if not rest and asked.word == "what" and not asked.noun:
        rest = _with_that(asked.rest)
    if is_brief(answer) and rest and answer not in rest and asked.wanted.lower() not in _UNNEEDED:
        behind = f" ({answer})"
    return f"{word} {asked.auxiliary.lower()} {rest}?{behind}" if rest else None


def _with_that(rest: str) -> str | None:
    """What was said stands outside the question: "Peskov say that about it" of "Peskov say about it"."""
    words = rest.split()
    verb = next((at for at, word in enumerate(words) if at > 0 and word in BASES), None)
    return " ".join([*words[: verb + 1], "that", *words[verb + 1 :]]) if verb else None


def _about_subject(asked: Asked, word: str, answer: str) -> str | None:
    if word == "Who" and asked.noun and asked.auxiliary:
        singular = {"were": "was", "are": "is", "have": "has"}.get(asked.auxiliary, asked.auxiliary)
        return f"Who {singular} {asked.rest}?"
    subject = subject_of(asked, answer)
    if subject is None or word not in ("Why", "When", "Where", "How"):
        return None
    if asked.auxiliary:
        return f"{word} {asked.auxiliary} {subject} {asked.rest}?"
    verb, _, rest = asked.rest.partition(" ")
    helped = with_helper(verb)
    if helped is None:
        if verb in BASES:
            return f"{word} do {subject} {asked.rest}?"
        return f"{word} was it that {subject} {asked.rest}?"
    return f"{word} {helped[0]} {subject} {helped[1]} {rest}".rstrip() + "?"


def subject_of(asked: Asked, answer: str) -> str | None:
    """What answers a question, as a noun phrase: "Trump", "14 people", "the player"; None where it has no brief one."""
    if not is_brief(answer):
        return (asked.noun if asked.word == "how" else f"the {asked.noun}") if asked.noun else None
    counted = asked.word == "how" and asked.noun and asked.noun.split()[-1] not in answer.split()
    return f"{answer} {asked.noun}" if counted else answer


def _filled(asked: Asked, answer: str) -> str | None:
    """The rest of a question with its answer put where it belongs; None where that place is in doubt."""
    if asked.word in ("", "when", "why") or (asked.word == "how" and not asked.noun):
        return asked.rest or None
    if asked.word == "where":
        return f"{asked.rest} {_placed(answer)}".rstrip()
    if not is_brief(answer) or asked.word in ("whose", "who", "whom"):
        return None
    words, first = asked.rest.split(), answer.split(maxsplit=1)[0]
    if "do" in words and re.match(r"[a-z]+ ", answer) and first not in DETERMINERS | PREPOSITIONS:
        return re.sub(r"\bdo\b", lambda _: answer, asked.rest, count=1)
    if any(word in PREPOSITIONS or word == "do" for word in words[1:]):
        return None
    return f"{asked.rest} {subject_of(asked, answer)}"


def _placed(answer: str) -> str:
    """The words "in Budapest" for Budapest; nothing for what is no name."""
    if not is_brief(answer):
        return ""
    if answer.split(maxsplit=1)[0].lower() in PREPOSITIONS:
        return answer
    return f"in {answer}" if answer[0].isupper() else ""


def is_brief(answer: str) -> bool:
    """Whether it is a short answer, which can stand in a question, and not a quote."""
    return 0 < len(answer.split()) <= BRIEF and not _PUNCTUATED.search(answer)


def keywords(question: str, answer: str) -> str:
    """What a question and its brief answer are about, for a search: "suggested postponing the summit, Trump"."""
    inside = re.search(r"\(([^()]+)\)$", question)
    asked = take_apart(question)
    if inside:
        told = inside[1]
    elif asked:
        told = f"{asked.noun} {asked.rest}".strip()
    else:
        told = re.sub(r"(?i)^(?:who|what|which|how|whose|when|where|why)\b ?", "", question.rstrip(" ?!."))
    if is_brief(answer) and answer.lower() not in told.lower():
        told += f", {answer}"
    return " ".join(re.sub(r"[()]", "", told).split()[:KEYWORDS])
