"""Markdown: what a reader sees of it, and the metadata above it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from index.types import Article

ReadOne = Callable[[str, str], Article]
Reason = Callable[[str, str], str]

BODY = """# Night ferries stay

The *council* met on **Monday** in the [town hall](https://quay.example) and
decided to run `M/V Alba` all night.

## What it costs

- Two million for crews.
- One million for fuel.

> “It will not be enough,” Adeyemi said.

![A ferry](ferry.jpg)
"""


def headings(found: Article) -> list[str]:
    return [found.text[span.start : span.end] for span in found.headings]


def test_marks_are_gone_and_the_text_of_links_stays(article: ReadOne) -> None:
    found = article("a.md", BODY)
    assert found.title == "Night ferries stay"
    assert found.text == (
        "The council met on Monday in the town hall and decided to run M/V Alba all night.\n\n"
        "What it costs\n\nTwo million for crews.\n\nOne million for fuel.\n\n“It will not be enough,” Adeyemi said."
    )
    assert headings(found) == ["What it costs"]


def test_front_matter_gives_the_metadata_and_never_the_collection(article: ReadOne) -> None:
    keys = "title: 1984\nurl: https://quay.example/1\npublisher: Quay Post\nauthor: Mira Holt\ndate: 2025-10-26"
    front = f"---\n{keys}\ncollection: secret\n---\n"
    found = article("a.md", front + BODY)
    assert (found.title, found.url, found.publisher, found.author) == (
        "1984",
        "https://quay.example/1",
        "Quay Post",
        "Mira Holt",
    )
    assert found.published_at == datetime(2025, 10, 26, tzinfo=UTC)
    assert found.collection == "public"
    assert headings(found) == ["Night ferries stay", "What it costs"]


@pytest.mark.parametrize(
    ("front", "word"),
    [
        ("title: [a", "not YAML"),
        ("title: [a]", "title that is not a line"),
        ("date: 9999-01-01", "future"),
        ("published_at: soon", "not a date"),
        ("title: " + "t" * 10_000, "title is 10,000 characters"),
    ],
)
def test_bad_front_matter_is_rejected_in_words(reason: Reason, front: str, word: str) -> None:
    assert word in reason("a.md", f"---\n{front}\n---\n{BODY}")


def test_rules_around_text_are_not_front_matter(article: ReadOne) -> None:
    assert (
        "Only some words here." in article("a.md", "---\nOnly some words here.\n\n---\n\nAnd a second paragraph.").text
    )


def test_a_sentence_above_dashes_is_no_heading(article: ReadOne) -> None:
    found = article("a.md", "# T\n\nThe council met on Monday and went home.\n---\n\nNobody was surprised.")
    assert headings(found) == []


def test_without_a_heading_the_first_line_is_the_title(article: ReadOne) -> None:
    assert article("a.md", "The council met on Monday.\n\nIt went home.").title == "The council met on Monday."


def test_tables_and_raw_tags_keep_their_words(article: ReadOne) -> None:
    found = article(
        "a.md",
        "# T\n\n| Port | Ferries |\n|---|---|\n| Quay | 12 |\n\n<div>Adeyemi &amp; Holt left.</div>\n\n<!-- no -->",
    )
    assert found.text == "Port | Ferries\n\nQuay | 12\n\nAdeyemi & Holt left."


def test_a_comment_that_is_never_closed_takes_no_time(reason: Reason) -> None:
    assert "no article text" in reason("a.md", "<!--" * 100_000)
