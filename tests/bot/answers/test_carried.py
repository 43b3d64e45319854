"""What an answer's message carries reads back as it was put there, in any language."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.answers import buttons, quotes
from bot.answers.carried import PUBLISHER_LIMIT, question_of, quotes_in, scope_of, search_in, turn_of
from bot.archive.references import PACKED_LIMIT, Reference, pack, unpack
from bot.escape import one_line
from bot.language import Language, language
from bot.lists.paging import Search
from index import Answer, NoEvidence, Quote, StoredArticle, Turn
from tests.bot.fake_index import SUMMIT

REFERENCES = st.builds(
    lambda article_id, version, start, length: Reference(article_id, version, start, start + length),
    st.text(alphabet="0123456789abcdef", min_size=16, max_size=16),
    st.integers(1, 100),
    st.integers(0, 2**21 - 1),
    st.integers(1, 2**14 - 1),
)
QUESTIONS = st.text(min_size=1, max_size=300).map(one_line).filter(lambda text: text and not text.endswith("…"))
LANGUAGES = st.sampled_from(["en", "de", "es"]).map(language)
QUOTE = Quote(StoredArticle(SUMMIT, 3, datetime(2025, 11, 1, tzinfo=UTC)), 0, 34, 1.0)


@given(st.lists(REFERENCES, max_size=4))
def test_four_references_at_least_come_back_from_a_custom_id(references: list[Reference]) -> None:
    assert unpack(pack(references)) == tuple(references)
    assert len(pack(references)) <= PACKED_LIMIT


@given(st.lists(REFERENCES, min_size=5, max_size=9))
def test_of_more_references_the_first_come_back(references: list[Reference]) -> None:
    back = unpack(pack(references))
    assert len(back) >= 4
    assert back == tuple(references[: len(back)])
    assert len(buttons.QUOTES + pack(references)) <= 100


@given(st.text())
def test_what_is_no_reference_reads_as_some_or_none_and_never_fails(text: str) -> None:
    assert isinstance(unpack(text), tuple)


@given(QUESTIONS, QUESTIONS, st.text(max_size=60), LANGUAGES)
def test_question_and_short_answer_read_back_from_the_embed(
    question: str, asked: str, short: str, say: Language
) -> None:
    (embed,) = quotes.answer(Answer(question, (QUOTE,), short or None, 0.9, ()), asked=Search(asked), say=say)
    assert (question_of(embed) or "").split() == question.split()
    turn = turn_of(embed)
    assert turn is not None
    assert turn.answer == one_line(short)
    (embed,) = quotes.answer(NoEvidence(question, 0.1, ()), asked=Search(asked), say=say)
    assert turn_of(embed) == Turn(question)
    assert turn_of(quotes.opening(Turn(question[:80], short), say)) == Turn(question[:80], one_line(short))


days = st.none() | st.dates()
publishers = st.none() | st.text(min_size=1, max_size=PUBLISHER_LIMIT).map(one_line).filter(bool)


@given(QUESTIONS, days, days, publishers)
def test_a_search_reads_back_from_the_answer_and_its_button(
    question: str, after: Any, before: Any, publisher: str | None
) -> None:
    search = Search(question, after, before, publisher)
    (embed,) = quotes.answer(Answer(question, (QUOTE,), None, 0.9, ()), asked=search)
    assert search_in(embed, scope_of(search)) == search
    assert len(f"pullquote:more:{scope_of(search)}") <= 100


@given(days, days, publishers)
def test_what_a_thread_is_limited_to_fits_into_the_button_that_carries_it(
    after: Any, before: Any, publisher: str | None
) -> None:
    (button,) = buttons.asking_on(Search("q", after, before, publisher)).children
    assert isinstance(button, buttons.AnswerButton)
    assert len(button.item.custom_id or "") <= 100


def test_a_scope_that_is_none_is_refused() -> None:
    (embed,) = quotes.answer(Answer("q", (QUOTE,), None, 0.9, ()))
    for scope in ("", "2025-13-77::", "2025:x:", ":"):
        assert search_in(embed, scope) is None


def test_a_question_that_does_not_stand_there_whole_is_not_asked_again() -> None:
    (embed,) = quotes.answer(Answer("word " * 600, (QUOTE,), None, 0.9, ()))
    assert question_of(embed) is None
    assert turn_of(embed) is None


def test_the_quotes_read_back_as_people_see_them() -> None:
    embeds = quotes.answer(Answer("q", (QUOTE, QUOTE), "Leaders", 0.9, ()))
    assert quotes_in(embeds) == dict.fromkeys((1, 2), "Leaders will not meet this month.")
