"""JSON lines: the text character for character, and one reason for each line that is no article."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.articles import count_sources, read_sources
from index.articles.jsonl import MAX_LINE_BYTES, read_row
from index.articles.rules import Origin, Unreadable
from index.types import Article, Rejection

Read = Callable[[str, str | bytes], list[Article | Rejection]]
ReadOne = Callable[[str, str], Article]
Reason = Callable[[str, str | bytes], str]

ORIGIN = Origin("file:///a.jsonl", "public", datetime(2026, 1, 15, tzinfo=UTC))
TEXT = "The council met on Monday.\r\n\r\n  It decided\tnothing. "


def row(**values: object) -> str:
    return json.dumps({"url": "https://quay.example/1", "title": "A title", "text": TEXT} | values)


@given(st.text())
def test_text_is_kept_character_for_character_or_refused(text: str) -> None:
    try:
        found = read_row(json.dumps({"text": text}).encode(), ORIGIN)
    except Unreadable:
        return
    assert found.text == text
    assert all(found.text[span.start : span.end].strip() for span in found.headings)


def test_every_field_is_taken_and_other_keys_are_ignored(article: ReadOne) -> None:
    found = article(
        "a.jsonl", row(publisher=" Quay\nPost ", author="Mira Holt", published_at="2025-10-26", collection="x", n=1)
    )
    assert found == Article(
        url="https://quay.example/1",
        title="A title",
        text=TEXT,
        publisher="Quay Post",
        author="Mira Holt",
        published_at=datetime(2025, 10, 26, tzinfo=UTC),
    )


def test_a_missing_title_is_the_first_line_shortened(article: ReadOne) -> None:
    assert article("a.jsonl", row(title=None)).title == "The council met on Monday."
    long = article("b.jsonl", row(title="", text="The council met on Monday. " * 50)).title
    assert long.endswith("…")
    assert len(long) <= 121


def test_an_article_without_a_url_keeps_its_identity_when_lines_are_added_above(read: Read) -> None:
    alone = read("a.jsonl", row(url=None))
    among = read("a.jsonl", row() + "\n\n" + row(url=None))
    assert alone == among[1:]
    assert alone[0].url.startswith("file:")  # type: ignore[union-attr]  # it is an Article, as the line above compares


def test_html_is_read_where_there_is_no_text(article: ReadOne) -> None:
    paragraphs = ["The council met on Monday evening.", "Nobody could say what it will cost in the end."]
    body = f"<p>{paragraphs[0]}</p><h2>What it costs</h2><p>{paragraphs[1]}</p>"
    found = article("a.jsonl", row(text=None, html=body))
    assert found.text == "\n\n".join([paragraphs[0], "What it costs", paragraphs[1]])
    assert [found.text[span.start : span.end] for span in found.headings] == ["What it costs"]
    assert (found.title, found.url) == ("A title", "https://quay.example/1")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "not JSON"),
        ('{"text": "a"} trailing', "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ("12", "not a JSON object"),
        ("9" * 5_000, "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"title": "A title"}', "no text"),
        (row(text=""), "no text"),
        (row(text=" \n "), "no text"),
        (row(text=["a"]), "text that is not a string"),
        (row(url=7), "url that is not a string"),
        (row(author=["a"]), "author that is not a string"),
        (row(text="Oh."), "no article text"),
        (row(title="T" * 10_000), "title is 10,000 characters long"),
        (row(text="word " * 500_000), "text is 2,500,000 characters long"),
        (row(published_at="9999-01-01"), "year|future"),
        (row(published_at="soon"), "not a date"),
        (row(text=TEXT + "\ud800"), "half a character"),
        (row(title="a\x00b"), "NUL"),
    ],
)
def test_a_bad_line_is_named_with_its_reason_and_the_others_go_on(
    read: Read, tmp_path: Path, line: str, word: str
) -> None:
    first, bad, last = read("a.jsonl", f"{row()}\n{line}\n{row()}\n")
    assert isinstance(first, Article)
    assert first == last
    assert isinstance(bad, Rejection)
    assert bad.source == f"{tmp_path / 'a.jsonl'}:2"
    assert any(part in bad.reason for part in word.split("|"))


def test_a_line_of_bad_utf8_is_rejected_alone(read: Read) -> None:
    assert [type(found) for found in read("a.jsonl", row().encode() + b"\n{\xff}\n" + row().encode())] == [
        Article,
        Rejection,
        Article,
    ]


def test_a_line_too_long_is_skipped_without_keeping_it(read: Read) -> None:
    bad, good = read("a.jsonl", b'{"text": "' + b"a" * (MAX_LINE_BYTES + 10) + b'"}\n' + row().encode())
    assert isinstance(bad, Rejection)
    assert "longer than" in bad.reason
    assert isinstance(good, Article)


@pytest.mark.parametrize(("content", "word"), [(b"", "empty"), (b"\n \n", "empty"), (b"\x00\x01\n" * 1000, "binary")])
def test_a_file_without_lines_gets_one_reason(reason: Reason, content: bytes, word: str) -> None:
    assert word in reason("a.jsonl", content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.sampled_from([row(), "", "{", " "]), max_size=6))
def test_the_count_is_what_reading_tries(tmp_path: Path, rows: list[str]) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(rows))
    if any(one.strip() for one in rows):
        assert count_sources([str(file)]) == len(list(read_sources([str(file)])))
