"""What the command line prints of a question that was completed."""

from index.printing import answer_json, answer_text, visible
from index.types import NoEvidence, Turn

WHOLE = "Why did Trump suggest it?"


def test_json_names_the_completed_question_and_null_where_it_was_asked_as_it_stands() -> None:
    assert answer_json("a", "why?", NoEvidence(WHOLE, 0.0, ()), 1.0)["completed"] == WHOLE
    assert answer_json("a", WHOLE, NoEvidence(WHOLE, 0.0, ()), 1.0)["completed"] is None


def test_a_terminal_shows_what_a_question_was_understood_as_where_that_differs() -> None:
    assert answer_text(NoEvidence(WHOLE, 0.0, ()), completed=WHOLE).splitlines()[0] == f"Understood as: {WHOLE}"
    assert "Understood" not in answer_text(NoEvidence(WHOLE, 0.0, ()))


def test_a_question_that_was_declined_is_a_turn_without_an_answer() -> None:
    assert Turn.of(NoEvidence(WHOLE, 0.0, ())) == Turn(WHOLE, "")


def test_what_could_steer_a_terminal_or_turn_a_line_around_is_shown_by_its_number() -> None:
    assert visible("invoice\u202efdp.exe \x1b[2J\u200b") == "invoice<U+202E>fdp.exe <U+001B>[2J<U+200B>"
    assert visible("“Çà va”, 漢字 🙂\n\tB") == "“Çà va”, 漢字 🙂\n\tB"
