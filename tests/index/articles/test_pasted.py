"""A pasted page: its title, its byline, its headings, and none of its furniture."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.articles import read_sources
from index.types import Article

ReadOne = Callable[[str, str], Article]

SEEDS = Path(__file__).parents[3].parent / "shared" / "seeds"

LEAD = (
    "The port authority said on Monday that the night ferries will stay “for as long as the bridge is shut.” "
    "Its director, Tom Adeyemi, was the first to propose them."
)
PAGE = f"""Port Authority: Night Ferries Will Stay Until the Bridge Reopens

Editor
4 Min Read
Holt and Adeyemi

Mira Holt – Quay Evening Post

{LEAD}

Two of the bridge's piers are cracked, the U.S. firm that inspected them found on Oct. 22.

Costs and Open Questions

The council has set aside 40 million for the repair. “It will not be enough,” Adeyemi said.

Read more: Ferry prices rise in spring

Advertisement

What Comes After the Repair

No date has been set for the opening, and both sides say that they are in no hurry.

Share This Article"""


def headings(found: Article) -> list[str]:
    return [found.text[span.start : span.end] for span in found.headings]


def test_a_pasted_page_gives_title_author_and_publisher(article: ReadOne) -> None:
    found = article("page.txt", PAGE)
    assert found.title == "Port Authority: Night Ferries Will Stay Until the Bridge Reopens"
    assert (found.author, found.publisher) == ("Mira Holt", "Quay Evening Post")


def test_a_pasted_page_loses_its_furniture_and_no_sentence(article: ReadOne) -> None:
    text = article("page.txt", PAGE).text
    for furniture in (
        "Editor",
        "Min Read",
        "Holt and Adeyemi",
        "Share This",
        "Advertisement",
        "Read more",
        "Quay Evening",
    ):
        assert furniture not in text
    assert text.startswith("The port authority said on Monday")
    assert text.endswith("in no hurry.")
    assert text.count("\n\n") == 5


def test_section_headings_are_known_and_stay_in_the_text(article: ReadOne) -> None:
    assert headings(article("page.txt", PAGE)) == ["Costs and Open Questions", "What Comes After the Repair"]


def test_a_date_that_is_not_there_is_unknown(article: ReadOne) -> None:
    assert article("page.txt", PAGE).published_at is None


def test_without_an_address_the_file_is_the_address(article: ReadOne, tmp_path: Path) -> None:
    assert article("page.txt", PAGE).url == (tmp_path / "page.txt").resolve().as_uri()


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the shared seed articles are not on this machine")
def test_the_seed_article_is_read_as_a_person_would() -> None:
    (found,) = read_sources([str(SEEDS)])
    assert isinstance(found, Article)
    assert found.title.startswith("Kremlin: Putin and Trump Agree")
    assert (found.author, found.publisher, found.published_at) == ("Ahmed Kamel", "Egypt Daily News", None)
    assert headings(found) == [
        "Complex Preparations and Diverging Expectations",
        "Russian Officials Call for Pragmatism",
        "Leaders Exchange Remarks on Postponement",
    ]
    assert found.text.startswith("The Kremlin confirmed on Sunday")
    assert found.text.endswith("competing priorities on both sides.")


@pytest.mark.parametrize(
    ("line", "author", "publisher"),
    [
        ("By Jane Doe", "Jane Doe", None),
        ("By Jane Doe, Reuters", "Jane Doe", "Reuters"),
        ("By JANE DOE | The Daily Herald", "JANE DOE", "The Daily Herald"),
        ("By Jane Doe and John Roe", "Jane Doe and John Roe", None),
        ("By Jane Doe, John Roe", "Jane Doe, John Roe", None),
        ("By Jane Doe, Staff Writer", "Jane Doe", None),
        ("By Reuters", "Reuters", None),
        ("Jane Doe / Reuters", "Jane Doe", "Reuters"),
        ("Jane O’Neill-Smith — Harbour News", "Jane O’Neill-Smith", "Harbour News"),
        ("Ludwig van der Berg - Quay Post", "Ludwig van der Berg", "Quay Post"),
        ("Jane Doe | Quay Post", "Jane Doe", "Quay Post"),
        ("Jane Doe", None, None),
    ],
)
def test_bylines_in_all_their_forms(article: ReadOne, line: str, author: str | None, publisher: str | None) -> None:
    found = article("page.txt", f"A title\n\n{line}\n\nThe council met on Monday and decided nothing at all.")
    assert (found.author, found.publisher) == (author, publisher)


@pytest.mark.parametrize(
    "sentence",
    [
        "WASHINGTON (AP) — The senate voted on Monday to keep the ferries.",
        "Published in 2019, the book has sold a million copies.",
        "By Tuesday, the river had fallen by two metres.",
        "More – much more – was spent than planned.",
        "Share prices fell.",
        "Editors across the country resigned on Monday.",
        "Comments by the minister were not available.",
        "Subscribe to nobody, the poet said, but to yourself.",
    ],
)
def test_a_sentence_that_looks_like_furniture_is_kept(article: ReadOne, sentence: str) -> None:
    page = f"A title\n\nThe council met on Monday and decided nothing.\n\n{sentence}\n\nNobody was surprised by that."
    assert sentence in article("page.txt", page).text


def test_a_sentence_at_the_top_is_kept(article: ReadOne) -> None:
    assert article("page.txt", "A title\n\nIt is over.\n\nThe council met on Monday and decided.").text.startswith(
        "It is over."
    )


def test_a_standfirst_without_a_full_stop_is_a_heading(article: ReadOne) -> None:
    page = "A title\n\nMinisters say both sides agree to wait\n\nBy Jane Doe\n\nThe council met on Monday and decided."
    assert headings(article("page.txt", page)) == ["Ministers say both sides agree to wait"]


def test_a_caption_between_lines_of_the_page_is_left_out_whatever_it_says(article: ReadOne) -> None:
    page = "A title\n\n3 Min Read\nThe rig behind the school\n\nMira Holt – Quay Post\n\nThe council met on Monday."
    assert article("page.txt", page).text == "The council met on Monday."


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Published October 26, 2025", datetime(2025, 10, 26, tzinfo=UTC)),
        ("Published: 26 October 2025, 10:30 a.m. ET", datetime(2025, 10, 26, tzinfo=UTC)),
        ("Posted on Sun, Oct. 26, 2025", datetime(2025, 10, 26, tzinfo=UTC)),
        ("2025-10-26", datetime(2025, 10, 26, tzinfo=UTC)),
        ("Published 10/26/2025", datetime(2025, 10, 26, tzinfo=UTC)),
        ("Published 03/04/2025", None),
        ("Published 3 hours ago", None),
        ("Updated October 26, 2025", None),
        ("By Jane Doe | October 26, 2025", datetime(2025, 10, 26, tzinfo=UTC)),
    ],
)
def test_a_date_is_taken_where_it_can_be_read_in_one_way_only(
    article: ReadOne, line: str, date: datetime | None
) -> None:
    found = article("page.txt", f"A title\n\n{line}\n\nThe council met on Monday and decided nothing at all.")
    assert found.published_at == date
    assert found.text == "The council met on Monday and decided nothing at all."


def test_a_date_that_stands_alone_in_the_body_stays(article: ReadOne) -> None:
    body = "The council met and decided nothing.\n\nOctober 26, 2025\n\nThe bridge was closed on that day."
    found = article("page.txt", f"A title\n\n{body}")
    assert found.text == body
    assert found.published_at is None


@pytest.mark.parametrize("line", ["Source: https://quay.example/a?b=1", "https://quay.example/a?b=1"])
@pytest.mark.parametrize(
    "page", ["A title\n\n{}\n\nThe council met on Monday.", "A title\n\nThe council met on Monday.\n\n{}"]
)
def test_an_address_on_its_own_line_is_the_articles(article: ReadOne, page: str, line: str) -> None:
    found = article("page.txt", page.format(line))
    assert found.url == "https://quay.example/a?b=1"
    assert found.text == "The council met on Monday."


@pytest.mark.parametrize("lines", ["https://quay.example/", "https://quay.example/a\n\nhttps://quay.example/b"])
def test_a_front_page_or_several_addresses_are_not_the_articles(article: ReadOne, lines: str) -> None:
    assert article("page.txt", f"A title\n\nThe council met on Monday.\n\n{lines}").url.startswith("file:")


def test_lines_broken_by_a_program_are_joined(article: ReadOne) -> None:
    page = (
        "A title\n\n"
        "The council of the old harbour town met on Monday evening in the hall\n"
        "behind the fish market and decided, after four hours of talk that\n"
        "nobody had asked for, to close the bridge until the end of next year.\n\n"
        "Costs and Open Questions\n\n"
        "Nobody could say what the repair of the piers is going to cost in the\n"
        "end."
    )
    found = article("page.txt", page)
    assert len(found.text.split("\n\n")) == 3
    assert headings(found) == ["Costs and Open Questions"]


def test_lines_without_blank_ones_between_are_paragraphs(article: ReadOne) -> None:
    page = "A title\r\nThe council met on Monday evening.\r\nCosts and Questions\r\nNobody could say what it will cost."
    found = article("page.txt", page)
    assert found.text.split("\n\n")[1] == "Costs and Questions"
    assert headings(found) == ["Costs and Questions"]


def test_a_text_without_a_title_keeps_its_first_paragraph(article: ReadOne) -> None:
    first = "The council met on Monday. " + "It talked about the bridge for a very long time. " * 6
    found = article("page.txt", f"{first.strip()}\n\nThen it went home.")
    assert found.text.startswith("The council met on Monday.")
    assert found.title.startswith("The council met on Monday.")
    assert len(found.title) <= 121
