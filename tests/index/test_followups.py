"""What leans on the conversation is completed from it; what stands alone is never touched."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.followups import LONGEST, complete
from index.followups.verbs import with_helper
from index.types import Turn

SAMPLES = Path(__file__).parents[2] / "samples" / "questions.jsonl"
QUESTIONS = [json.loads(line)["question"] for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
SUMMIT = Turn("Who suggested postponing the summit?", "Donald Trump")
WIN = (
    "Renske Aldous, a former judge, has won the presidential election in Norvane with 52.6 percent of the vote, the "
    "electoral commission said late on Sunday."
)

# Turns as people have them over the samples: question, answer, follow-up, and what it is completed to.
CONVERSATIONS = [
    (SUMMIT.question, SUMMIT.answer, "why?", "Why did Donald Trump suggest postponing the summit?"),
    (SUMMIT.question, SUMMIT.answer, "and what did Putin say?", "and what did Putin say about postponing the summit?"),
    (SUMMIT.question, SUMMIT.answer, "who is he?", "who is Donald Trump?"),
    (SUMMIT.question, SUMMIT.answer, "who said that?", "Who said that Donald Trump suggested postponing the summit?"),
    (
        "Where was the summit expected to take place?",
        "Budapest",
        "and when?",
        "When was the summit expected to take place in Budapest?",
    ),
    (
        "What did Peskov say about the European Union?",
        "",
        "what about Ukraine?",
        "What about Ukraine? (Peskov say about the European Union)",
    ),
    (
        "How many passengers were on board the Lady Maren?",
        "212",
        "how many of them were hurt?",
        "how many of the passengers were hurt? (the Lady Maren)",
    ),
    (
        "How many people were hurt in the ferry accident?",
        "14",
        "where was that?",
        "Where were 14 people hurt in the ferry accident?",
    ),
    (
        "Who was in command of the ferry that hit the pier?",
        "Captain Leo Brandt",
        "was he tested for alcohol?",
        "was Captain Leo Brandt tested for alcohol?",
    ),
    (
        "How much must the city spend on mending Millgate Bridge?",
        "14.2 million crowns",
        "when was it built?",
        "when was Millgate Bridge built?",
    ),
    (
        "How many vessels were stuck at sea because of the dock strike?",
        "41 ships",
        "how long did it last?",
        "how long did the dock strike last?",
    ),
    (
        "How many gardeners gave away their card numbers?",
        "31",
        "when was that?",
        "When did 31 gardeners give away their card numbers?",
    ),
    (
        "What caused the blackout in Highfell?",
        "a large bird",
        "and in Port Alder?",
        "What caused the blackout in Port Alder?",
    ),
    (
        "What will Adela Rosmarin do in retirement?",
        "keep bees",
        "why?",
        "Why will Adela Rosmarin keep bees in retirement?",
    ),
    (
        "Which player scored the decisive penalty in the Caldrian Cup final?",
        "Milan Estevar",
        "how?",
        "How did Milan Estevar score the decisive penalty in the Caldrian Cup final?",
    ),
    ("Who won the presidential election in Norvane?", WIN, "did she resign?", "did Renske Aldous resign?"),
    (
        "Who sold the stamp with the upside-down lighthouse?",
        "Constantin Frey",
        "how much did he get for it?",
        "how much did Constantin Frey get for the stamp?",
    ),
    (
        "When did the last keeper of Sorrel Point die?",
        "1971",
        "what was her name?",
        "what was the last keeper of Sorrel Point’s name?",
    ),
    (
        "Where was the centre of the earthquake?",
        "beneath Lake Orrin",
        "was anyone hurt there?",
        "was anyone hurt beneath Lake Orrin?",
    ),
    (
        "What did the council decide about Millgate Bridge?",
        "",
        "who voted against it?",
        "who voted against Millgate Bridge?",
    ),
    (
        "Which foreign ministers coordinate the preparations?",
        "Sergey Lavrov of Russia and Marco Rubio of the United States",
        "what did they decide?",
        "what did Sergey Lavrov of Russia and Marco Rubio of the United States decide?",
    ),
    (
        "How many people were killed in Tolmouth?",
        "two",
        "and in Germany?",
        "How many people were killed in Germany?",
    ),
]  # fmt: skip

texts = st.text(max_size=80) | st.sampled_from(
    [*QUESTIONS, "why?", "and Peskov?", "did she resign?", "Trump", "14", WIN]
)
turns = st.lists(st.builds(Turn, texts, texts), max_size=4)
asked = texts | st.sampled_from([followup for _, _, followup, _ in CONVERSATIONS])
names = st.sampled_from("Anna Berg,Putin,the European Union,Port Alder,the city council,Dr. Lena Farouk".split(","))
alone = st.builds(
    str.format,
    st.sampled_from(
        [
            "What did {0} say about {1}?",
            "Why did {0} leave {1}?",
            "And who told {0} that {1} was closed?",
            "When does {0} say it will answer {1}?",
            "Did {0} promise {1} that they would be paid?",
            "Who lost his job because of {0} and {1}?",
            "{0} met {1} on Friday. What did they decide?",
            "In which city did {0} meet its rival {1}?",
            "Which of these people works for {0} at {1}?",
            "Is it true that {0} owns {1}?",
            "How many people are there between {0} and {1}?",
            "How long did it take {0} to reach {1}?",
            "After his speech, where did {0} meet {1}?",
            "What is the summit of {0} and {1} that enabled them to agree called?",
        ]
    ),
    names,
    names,
)


@pytest.mark.parametrize(("question", "answer", "followup", "whole"), CONVERSATIONS)
def test_a_follow_up_is_completed_from_the_turn_before(question: str, answer: str, followup: str, whole: str) -> None:
    assert complete(followup, [Turn(question, answer)]) == whole


@pytest.mark.parametrize(
    ("followup", "whole"),
    [
        ("why not?", "Why did Donald Trump suggest postponing the summit?"),
        ("But why did he do that?", "Why did Donald Trump suggest postponing the summit?"),
        ("who else?", "Who else suggested postponing the summit?"),
        ("what did they decide?", "What did they decide? (suggested postponing the summit, Donald Trump)"),
        ("is that true?", "Is that true? (suggested postponing the summit, Donald Trump)"),
        ("What about Peskov?", "What about Peskov? (suggested postponing the summit, Donald Trump)"),
    ],
)
def test_where_no_sentence_can_be_made_the_words_of_the_conversation_stand_behind(followup: str, whole: str) -> None:
    assert complete(followup, [SUMMIT]) == whole


def test_a_conversation_may_lean_on_itself_turn_by_turn() -> None:
    told = [SUMMIT, Turn("why?", ""), Turn("when?", "Oct. 22")]
    assert complete("and where?", told) == "Where did Donald Trump suggest postponing the summit?"
    assert complete("did he meet her?", [Turn("Who leads Norvane?", "Ms. Aldous"), SUMMIT]) == (
        "did Donald Trump meet Ms. Aldous?"
    )


@pytest.mark.parametrize(
    ("question", "answer", "followup", "wrong"),
    [
        ("Who won?", "Ms. Aldous", "did he resign?", "did Ms. Aldous"),
        ("Who won?", "Mr. Talley", "did she resign?", "did Mr. Talley"),
        ("Where was the summit?", "Budapest", "who is he?", "who is Budapest"),
        ("Who suggested it?", "Anna Berg", "what did it cost?", "Anna Berg cost"),
        ("Who suggested it?", "Anna Berg", "how many of them were hurt?", "of Anna Berg"),
        ("What did the council decide?", "It will mend Millgate Bridge, it said.", "who is he?", "who is Millgate"),
    ],
)
def test_a_pronoun_is_never_taken_for_what_it_cannot_mean(
    question: str, answer: str, followup: str, wrong: str
) -> None:
    assert wrong not in complete(followup, [Turn(question, answer)])


@given(asked)
def test_without_a_conversation_nothing_is_completed(question: str) -> None:
    assert complete(question, []) == question


@given(alone, turns)
def test_a_question_that_stands_alone_is_never_changed(question: str, told: list[Turn]) -> None:
    assert complete(question, told) == question


def test_no_question_of_the_samples_is_changed_after_any_other() -> None:
    for question in QUESTIONS:
        for other in QUESTIONS:
            assert complete(question, [Turn(other, "Anna Berg")]) == question


@given(asked, turns)
def test_completing_what_was_completed_changes_nothing(question: str, told: list[Turn]) -> None:
    whole = complete(question, told)
    assert complete(whole, told) == whole


@given(asked, turns | st.lists(st.builds(Turn, texts.map(lambda text: text * 50), texts.map(lambda text: text * 50))))
def test_a_completed_question_is_no_longer_than_a_question_may_be(question: str, told: list[Turn]) -> None:
    whole = complete(question, told)
    assert whole == question or len(whole) <= LONGEST


@pytest.mark.parametrize(
    ("form", "base"),
    [("suggested", "suggest"), ("denied", "deny"), ("ran", "run"), ("found", "find"), ("caused", "cause")],
)
def test_a_past_form_goes_back_to_its_base(form: str, base: str) -> None:
    assert with_helper(form) == ("did", base)
    assert with_helper("crowdfunded") is None
