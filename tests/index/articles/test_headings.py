"""Headings in plain text: few, but right; and the text is never touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.headings import find_headings

PROSE = "The council met on Monday evening and decided nothing at all."

lines = st.one_of(
    st.sampled_from(
        [PROSE, "Costs and Questions", "", " ", "Related: A tale", "Oct. 22", "- item", "CNN —", "Why now?"]
    ),
    st.text(max_size=40),
)
texts = st.lists(lines, max_size=20).flatmap(
    lambda some: st.sampled_from(["\n", "\n\n"]).map(lambda glue: glue.join(some))
)


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_headings(text)]


@given(texts)
def test_headings_are_whole_lines_in_order_without_overlap(text: str) -> None:
    end = 0
    for span in find_headings(text):
        assert end <= span.start < span.end <= len(text)
        start = text.rfind("\n", 0, span.start) + 1
        stop = text.find("\n", span.end)
        assert text[start : len(text) if stop < 0 else stop].strip() == text[span.start : span.end]
        end = span.end


@pytest.mark.parametrize(
    "line",
    [
        "Domestic priorities",
        "KMT: Friendlier to Beijing",
        "‘Taiwan will not back down’",
        "Who is running against the mayor?",
        "3. Appeals court blow for the mayor",
        "Background",
        "U.S.–Russia Talks",
    ],
)
def test_a_short_line_between_paragraphs_is_a_heading(line: str) -> None:
    assert found(f"{PROSE}\n\n{line}\n\n{PROSE}") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Tainan, Taiwan CNN —",
        "It was over.",
        "- a list item",
        "• another one",
        "The council decided:",
        "and went home",
        "“Why would I?”",
        "Women's final: Oklahoma 85, Portland 63",
        "Rookie of the Year: Luis Gil, Yankees",
        "Our rating: False",
        "A line that is longer than any heading that an editor would set above a paragraph of news",
    ],
)
def test_what_may_be_prose_or_a_fact_is_no_heading(line: str) -> None:
    assert found(f"{PROSE}\n\n{line}\n\n{PROSE}") == []


def test_short_lines_in_a_row_are_a_list_and_not_headings() -> None:
    assert found(f"{PROSE}\n\nBest film\n\nThe Long Quay\n\nBest song\n\nFerry Blues\n\n{PROSE}") == []


def test_a_short_line_without_a_paragraph_below_is_no_heading() -> None:
    assert found(f"{PROSE}\n\nMira Holt in Quayside") == []


@pytest.mark.parametrize(
    "line",
    [
        "Related: How it began",
        "More:The story of the bridge",
        "(Image credit: A. Person/Getty Images)",
        "READ MORE: Why?",
    ],
)
def test_links_and_credits_are_set_apart_like_headings(line: str) -> None:
    assert found(f"{PROSE}\n\n{line}\n\n{PROSE}") == [line]


def test_a_wrapped_line_is_no_heading() -> None:
    assert (
        found("The mayor met the New\nYork Times On Monday\nand said nothing that anybody could have used.\n\n" + PROSE)
        == []
    )
