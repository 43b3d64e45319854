"""A question's kind is read from its words; a short answer is a slice of its sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.kinds import find_short, holds_kind


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("Who suggested postponing the summit?", "It was said that Trump suggested it.", "It was suggested by them."),
        ("When was it canceled?", "On October 22 it was canceled.", "It was canceled by them."),
        ("How many people were hurt?", "At least 14 people were hurt.", "Many people were hurt."),
        ("Where was the summit to take place?", "The summit was to take place in Budapest.", "The summit was large."),
        ("Why was it closed?", "It closed because of ice.", "It closed early."),
    ],
)
def test_a_sentence_that_holds_the_kind_asked_for_is_told_from_one_that_does_not(
    question: str, holds: str, lacks: str
) -> None:
    assert (holds_kind(question, holds), holds_kind(question, lacks)) == (1.0, 0.0)


def test_a_name_that_the_question_holds_itself_is_no_answer_to_who() -> None:
    assert holds_kind("Who criticized Peskov?", "Then they criticized Peskov.") == 0.0


@pytest.mark.parametrize(
    ("question", "sentence", "short"),
    [
        ("Who suggested postponing the summit?", "Peskov said Trump was the first to suggest postponing it.", "Trump"),
        ("How many people were hurt?", "In 2019 a ferry sank and 14 people were hurt.", "14"),
        ("What did he say?", "He said Trump was first.", None),
        ("Who briefed them?", "It was the United States’ Marco Rubio who briefed them.", "Marco Rubio"),
    ],
)
def test_the_short_answer_is_what_a_word_of_the_question_follows(
    question: str, sentence: str, short: str | None
) -> None:
    assert find_short(question, sentence) == short


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who suggested postponing the summit?", "Anna Berg told Ian Roth that it would be put off."),
        ("Who gave the concert?", "The concert was given in Port Alder on Sunday."),
        ("How many were hurt?", "Of 212 on board, 3 swam ashore."),
        ("How tall is Mount Everest?", "A mirror stands at one corner of the hall."),
        ("When was Pelham founded?", "Brightwater said on Friday that it was buying Pelham."),
    ],
)
def test_there_is_no_short_answer_where_two_are_possible_or_none_is_a_person(question: str, sentence: str) -> None:
    assert find_short(question, sentence) is None


@given(st.text(), st.text())
def test_a_short_answer_is_a_slice_of_its_sentence(question: str, sentence: str) -> None:
    short = find_short(f"Who {question}", sentence)
    assert short is None or short in sentence
