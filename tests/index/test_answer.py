"""Every quote is a slice of its article; nothing is quoted twice; without evidence there is no quote."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from index.answer import compose
from index.evidence import QUOTE_WORDS, shorten
from index.passages import split_article
from index.reader import Candidate, Reading, ScoredSpan
from index.types import Answer, Article, Filters, Hit, NoEvidence, Span, StoredArticle
from tests.fakes import WordEncoder, WordReader

ENCODER = WordEncoder()
ADDED = datetime(2025, 1, 1, tzinfo=UTC)
TEXT = (
    "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt. “It was the fog,” she said. "
    "The harbour stayed closed until Tuesday.\n\nOfficials praised the crew."
)


def hits_of(*texts: str) -> list[Hit]:
    stored = [
        StoredArticle(Article(url=f"https://a.example/{n}", title=f"Story {n}", text=text), 1, ADDED)
        for n, text in enumerate(texts)
    ]
    return [
        Hit(n * 1000 + i, s, passage, 1.0)
        for n, s in enumerate(stored)
        for i, passage in enumerate(split_article(s.article, max_tokens=256, count_tokens=ENCODER.count_tokens))
    ]


def ask(question: str, hits: list[Hit], *, min_confidence: float = 0.0) -> Answer | NoEvidence:
    return compose(question, hits, WordReader(), Filters(), quotes=3, min_confidence=min_confidence)


@given(st.text(min_size=1), st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_every_quote_of_any_text_is_its_slice_and_every_short_answer_a_slice_of_the_first(
    question: str, texts: list[str]
) -> None:
    answer = ask(question, hits_of(*texts))
    if isinstance(answer, Answer):
        for quote in answer.quotes:
            assert quote.stored.article.text[quote.start : quote.end] == quote.text != ""
        assert answer.short is None or answer.short in answer.quotes[0].text


@given(st.text(), st.integers(1, 20))
def test_shortened_parts_are_in_order_within_the_limit_and_lose_only_space_and_quotation_marks(
    text: str, words: int
) -> None:
    parts = list(shorten(text, Span(0, len(text)), words))
    kept = "".join(text[p.start : p.end] for p in parts)
    lost = str.maketrans("", "", '“”" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0')
    assert "".join(kept.translate(lost).split()) == "".join(text.translate(lost).split())
    assert all(before.end <= after.start for before, after in itertools.pairwise(parts))
    assert all(len(text[p.start : p.end].split()) <= words for p in parts)


def test_a_sentence_of_the_length_of_a_quote_is_quoted_whole() -> None:
    text = " ".join(["word"] * QUOTE_WORDS)
    assert list(shorten(text, Span(0, len(text)), QUOTE_WORDS)) == [Span(0, len(text))]


def test_a_part_of_a_quotation_does_not_keep_half_a_pair_of_marks() -> None:
    text = "“" + "First it was calm. " * 6 + "Then it was not.”"
    parts = [text[p.start : p.end] for p in shorten(text, Span(0, len(text)), 14)]
    assert all(part.count("“") == part.count("”") for part in parts)


def test_the_sentence_that_answers_comes_first() -> None:
    answer = ask("How many people were hurt?", hits_of(TEXT))
    assert isinstance(answer, Answer)
    assert answer.quotes[0].text == "Captain Ines Roth said 14 people were hurt."
    assert answer.short == "14"


def test_one_wording_is_quoted_once_however_many_carry_it() -> None:
    answer = ask("How many people were hurt?", hits_of(TEXT, TEXT, TEXT))
    assert isinstance(answer, Answer)
    assert len({quote.text for quote in answer.quotes}) == len(answer.quotes)


def test_without_hits_there_is_no_evidence() -> None:
    assert ask("Who?", []) == NoEvidence("Who?", 0.0, ())


def test_below_the_threshold_the_nearest_passages_are_kept_and_nothing_is_quoted() -> None:
    declined = ask("How many people were hurt?", hits_of(TEXT), min_confidence=1.1)
    assert isinstance(declined, NoEvidence)
    assert declined.hits


def test_the_same_question_gives_the_same_answer() -> None:
    assert ask("Who said it was the fog?", hits_of(TEXT)) == ask("Who said it was the fog?", hits_of(TEXT))


class Pointing:
    """A reader that finds the given words wherever they stand, and scores passages in the order they come."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        del question
        return [Reading(0.0, 0.0, tuple(self._found(candidate.text))) for candidate in candidates]

    def _found(self, text: str) -> Iterator[ScoredSpan]:
        for rank, words in enumerate(self._words):
            if (start := text.find(words)) >= 0:
                yield ScoredSpan(Span(start, start + len(words)), -float(rank))


def point(text: str, *words: str, question: str = "Who spoke?") -> Answer:
    answer = compose(question, hits_of(text), Pointing(*words), Filters(), quotes=3, min_confidence=0.0)
    assert isinstance(answer, Answer)
    return answer


def test_a_pronoun_answers_nobody() -> None:
    assert point(TEXT, "she", "Ines Roth").short == "Ines Roth"


def test_what_the_question_says_itself_answers_it_only_where_it_offers_a_choice() -> None:
    text = "Fires burned in California and in Nevada."
    assert point(text, "California", "Nevada", question="Fires in California and which state?").short == "Nevada"
    assert point(text, "California", "Nevada", question="Fires in California or Nevada?").short == "California"


def test_a_name_with_a_hyphen_is_not_cut_in_two() -> None:
    text = "Paloma Reyes-Thorn spoke for 20-odd minutes."
    assert point(text, "Paloma Reyes").short == "Paloma Reyes-Thorn"
    assert point(text, "20").short == "20"


def test_to_why_only_a_cause_stands_alone_over_the_quotes() -> None:
    text = "The trams were shut down after rails had buckled. He resigned because of the fire."
    why = "Why were the trams stopped?"
    assert point(text, "shut down", question=why).short is None
    assert point(text, "rails had buckled", question=why).short == "rails had buckled"
    assert point(text, "because of the fire", question="So why did he resign?").short == "because of the fire"
    assert point(text, "shut down", question="What happened to the trams?").short == "shut down"


def test_a_source_that_knows_nothing_of_the_year_asked_about_is_doubted() -> None:
    text = "Captain Ines Roth won the cup in 2024."
    other, own, none = (
        point(text, "Ines Roth", question=f"Who won{year}?").confidence for year in (" in 2022", " in 2024", "")
    )
    assert other == own / 2
    assert own == none


def test_who_speaks_is_not_said_by_half() -> None:
    for text in (
        "20 fell ill, according to the U.S. Food and Drug Administration.",
        "According to Ines Roth and Paul Orlov, 20 fell.",
    ):
        assert point(text, "20").quotes[0].speaker is None
    assert point("According to Ines Roth, 20 fell ill.", "20").quotes[0].speaker == "Ines Roth"
