"""Files that somebody sends: read by their suffix, within a limit, and never from the disk."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import MAX_UPLOAD_BYTES, read_upload
from index.types import Article, Rejection

PAGE = "A title\n\nThe council met on Monday and decided nothing at all.\n"


def one(name: str, data: bytes) -> Article:
    (found,) = read_upload(name, data)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize("name", ["a.txt", "a.MD", "b.markdown", "../../etc/a.txt", "C:\\a.txt"])
def test_an_upload_is_read_as_a_file_of_its_kind_is(name: str) -> None:
    assert "decided nothing" in one(name, PAGE.encode()).text


def test_the_same_file_twice_is_one_article_and_another_under_the_same_name_is_another() -> None:
    first, again, other = (
        one("a.txt", PAGE.encode()),
        one("a.txt", PAGE.encode()),
        one("a.txt", PAGE.encode() + b"More."),
    )
    assert first == again
    assert first.url.startswith("attachment:a.txt#")
    assert first.id != other.id


def test_each_line_of_json_lines_is_an_article_and_keeps_its_address_when_others_are_added() -> None:
    rows = [json.dumps({"title": f"T{n}", "text": f"The council met {n} times on Monday."}) for n in range(3)]
    found = list(read_upload("a.jsonl", "\n".join([*rows, "{"]).encode(), collection="staff"))
    assert [one.collection for one in found if isinstance(one, Article)] == ["staff"] * 3
    assert found[3] == Rejection("a.jsonl:4", found[3].reason if isinstance(found[3], Rejection) else "")
    assert list(read_upload("a.jsonl", rows[2].encode(), collection="staff")) == [found[2]]


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.pdf", PAGE.encode(), "kind"),
        ("txt", PAGE.encode(), "kind"),
        ("", PAGE.encode(), "kind"),
        ("a.txt", b"", "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.html", b"\x89PNG\x00", "binary"),
        ("a.txt", b"a" * (MAX_UPLOAD_BYTES + 1), "10 MB is the limit"),
    ],
)
def test_what_is_not_read_has_a_reason(name: str, data: bytes, word: str) -> None:
    (found,) = read_upload(name, data)
    assert isinstance(found, Rejection)
    assert word in found.reason


@given(st.text(), st.sampled_from([".txt", ".jsonl", ".md", ".html", ""]), st.binary(max_size=200))
def test_nothing_is_raised_for_any_name_or_bytes(name: str, suffix: str, data: bytes) -> None:
    assert list(read_upload(name + suffix, data))
