"""Whatever the index gives as a reason is said in the reader's language, and nothing of it is lost."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.curating import holdings
from bot.curating.reasons import SENTENCES, reason
from bot.curating.reports import Report
from bot.language import ENGLISH, SPOKEN, language
from index import Rejection
from tests.bot.generated import NOW

INDEX = Path(__file__).parents[3] / "index"
SOURCES = [*sorted((INDEX / "articles").rglob("*.py")), INDEX / "build.py", INDEX / "room.py"]
GIVEN = {"Unreadable": 0, "Unavailable": 0, "NotFound": 0, "NotAsked": 0, "Rejection": 1}  # which argument it is
SAYING = {
    "_asks_for_consent",
    "_is_a_notice",
    "_is_a_stub",
    "_is_an_empty_ticker",
    "_is_a_list",
    "_in_words",
    "_refused",
}
FOREIGN = [one for one in SPOKEN if one != "en"]


def sentences_of_the_index() -> Iterator[str]:
    """Every sentence that stands where a reason is given, with 7 where something is filled in."""
    for file in SOURCES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = {_name(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and len(node.args) > (at := GIVEN.get(_name(node.func), 9)):
                yield from _written(node.args[at], named)
            elif isinstance(node, ast.FunctionDef) and node.name in SAYING:
                returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
                yield from (text for one in returned for text in _written(one, named))
        if isinstance(reasons := named.get("_REASONS"), ast.Dict):
            yield from (text for one in reasons.values for text in _written(one, named))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _written(node: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _written(node.body, named)
        yield from _written(node.orelse, named)
    elif isinstance(node, ast.Name) and node.id in named:
        yield from _written(named[node.id], named)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values]
        if any(part != "7" for part in parts):
            yield "".join(parts)


THERE = sorted(set(sentences_of_the_index()))


def test_the_reasons_are_looked_for_where_they_stand() -> None:
    assert {"is empty", "is not there (404)", "takes too long to answer", "is a live ticker without text"} <= set(THERE)


@pytest.mark.parametrize("code", FOREIGN)
def test_every_reason_that_the_index_gives_is_known_in_every_language(code: str) -> None:
    assert [one for one in THERE if reason(one, language(code)) == one] == []


fillings = st.sampled_from(["7", "404", "10,000", "gazette.example", ".txt, .md", "expecting value", "'no date'"])


@given(st.sampled_from(SENTENCES), st.lists(fillings, min_size=3, max_size=3))
def test_in_english_a_reason_is_what_it_was_and_elsewhere_it_keeps_what_was_filled_in(
    sentence: str, filled: list[str]
) -> None:
    parts = sentence.split("{")
    given = parts[0] + "".join(value + part.partition("}")[2] for value, part in zip(filled, parts[1:], strict=False))
    assert reason(given, ENGLISH) == given
    for code in FOREIGN:
        said = reason(given, language(code))
        assert all(value in said or "," in value for value in filled[: len(parts) - 1])


@given(st.text())
def test_what_is_no_known_reason_stays_as_it_is(text: str) -> None:
    assert reason(text, ENGLISH) == text


def test_a_reason_within_a_reason_and_large_numbers_are_said_in_the_language_too() -> None:
    said = reason("is on a site whose robots.txt cannot be read: it takes too long to answer", language("de"))
    assert (
        said == "liegt auf einer Website, deren robots.txt nicht gelesen werden kann; sie antwortet nicht rechtzeitig"
    )
    assert "2.000.000" in reason("its text is 2,000,001 characters long; 2,000,000 is the limit", language("de"))


def test_reports_give_reasons_in_the_reader_s_language() -> None:
    report = Report(
        at=NOW, what="a.txt", rejected=2, rejections=(Rejection("a.txt", "is empty"), Rejection("b", "odd"))
    )
    say = language("es")
    for embed in (holdings.reports([report], say), holdings.report(report, say=say)):
        assert "a.txt: está vacío" in (embed.description or "")
        assert "b: odd" in (embed.description or "")
