"""Files and folders: in a fixed order, within limits, and nothing is ever raised."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.articles import count_sources, read_sources
from index.articles.sources import MAX_FILE_BYTES
from index.types import Article, Rejection

Read = Callable[[str, str | bytes], list[Article | Rejection]]
ReadOne = Callable[[str, str | bytes], Article]
Reason = Callable[[str, str | bytes], str]

NOW = datetime(2026, 1, 15, tzinfo=UTC)
PAGE = "A title\n\nThe council met on Monday and decided nothing at all.\n"
SUFFIXES = (".txt", ".md", ".html", ".jsonl")


def read_folder(folder: Path) -> list[Article | Rejection]:
    return list(read_sources([str(folder)], now=NOW))


def write(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE)


bodies = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(
        st.sampled_from(
            [b"# ", b"---\n", b"<p>", b"</div>", b'{"text": "', b'"}', b"\n\n", b"By Al", b"| a |", b"\xff", b"word. "]
        )
    ).map(b"".join),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(suffix=st.sampled_from(SUFFIXES), content=bodies)
def test_any_bytes_give_articles_or_reasons_and_the_same_ones_twice(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_bytes(content)
    found = list(read_sources([str(file)], now=NOW))
    assert found
    assert found == list(read_sources([str(file)], now=NOW))
    for one in found:
        assert isinstance(one, Rejection) or (one.url and one.title and one.text.encode())
        assert isinstance(one, Article) or (one.source and one.reason)
        if isinstance(one, Article):
            lines = {line.strip() for line in one.text.split("\n")}
            assert all(one.text[span.start : span.end] in lines for span in one.headings)


def test_a_folder_is_read_in_sorted_order_and_other_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", tmp_path / "a" / "z.MD", tmp_path / "a" / "b" / "c.txt", tmp_path / "c.html.bak")
    write(tmp_path / ".hidden.txt", tmp_path / ".git" / "d.txt", tmp_path / "image.png")
    names = [Path(found.url).name for found in read_folder(tmp_path) if isinstance(found, Article)]
    assert sorted(names) == ["b.txt", "c.txt", "z.MD"]
    assert read_folder(tmp_path) == read_folder(tmp_path)
    assert count_sources([str(tmp_path)]) == 3


def test_articles_join_the_collection_that_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    (found,) = read_sources([str(tmp_path)], collection="staff")
    assert isinstance(found, Article)
    assert found.collection == "staff"


def test_a_feed_is_named_by_its_address_alone() -> None:
    (found,) = read_sources(["feed:https://quay.example/feed.xml"])
    assert isinstance(found, Rejection)
    assert "leave out feed:" in found.reason


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ftp://quay.example/feed.xml", "only http and https addresses are"),
        ("file://host/feed.xml", "only http and https addresses are"),
        ("quay.example/feed.xml", "did you mean https://quay.example/feed.xml?"),
        ("www.quay.example", "did you mean https://www.quay.example?"),
    ],
)
def test_an_address_that_begins_otherwise_is_told_how(source: str, said: str) -> None:
    (found,) = read_sources([source])
    assert isinstance(found, Rejection)
    assert found.source == source
    assert said in found.reason


@pytest.mark.parametrize("source", ["no.txt", "news/no.txt", "a.b.c.md", "x" * 300, "v1.2/no.txt"])
def test_what_looks_like_a_path_is_not_taken_for_an_address(source: str) -> None:
    (found,) = read_sources([source])
    assert isinstance(found, Rejection)
    assert "http" not in found.reason


def test_a_file_may_be_named_by_its_address(tmp_path: Path) -> None:
    (tmp_path / "a story.txt").write_text("Ferry\n\nThe ferry Alma struck the pier at noon on Friday.")
    (found,) = read_sources([(tmp_path / "a story.txt").as_uri()])
    assert isinstance(found, Article)


@pytest.mark.parametrize("source", ["https://quay.example/story", "HTTP://quay.example"])
def test_no_host_is_asked_unless_it_is_allowed(source: str) -> None:
    (found,) = read_sources([source])
    assert isinstance(found, Rejection)
    assert "PULLQUOTE_HOSTS" in found.reason


def test_a_missing_path_and_an_unknown_kind_are_rejected(tmp_path: Path, reason: Reason) -> None:
    assert list(read_sources([str(tmp_path / "no.txt")])) == [
        Rejection(str(tmp_path / "no.txt"), "no such file or folder")
    ]
    assert "kind" in reason("a.pdf", PAGE)
    assert all(isinstance(found, Rejection) for found in read_sources(["", "a\x00b.txt"]))


def test_a_folder_without_articles_is_named(tmp_path: Path) -> None:
    (found,) = read_folder(tmp_path)
    assert isinstance(found, Rejection)
    assert "no file" in found.reason


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty|no article"),
        (bytes(range(256)) * 50, "binary"),
        (b"\x7fELF\x02\x01\x01" + bytes(500), "binary"),
        (PAGE.encode() + b"\xe9t\xe9", f"byte {len(PAGE)} "),
        (b"A title\n", "no article text"),
        (b"Share This Article\n", "no article text"),
        (b"T" * 10_000 + b"\n\n" + PAGE.encode(), "title is 10,000 characters long"),
        (PAGE.encode() + b"word " * 500_000, "text is 2,5"),
        (b"A title\nPublished January 1, 9999\n\n" + PAGE.encode(), "future: 9999-01-01"),
    ],
)
def test_bad_input_gets_one_clear_reason(reason: Reason, content: bytes, word: str) -> None:
    assert any(part in reason("a.txt", content) for part in word.split("|"))


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_a_huge_file_is_rejected_without_being_read(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.touch()
    os.truncate(file, 4 * MAX_FILE_BYTES)  # sparse: nothing is on the disk to be read
    (found,) = read_sources([str(file)])
    assert isinstance(found, Rejection)
    assert "200 MB" in found.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf8_and_marked_utf16_are_read(article: ReadOne, encoding: str) -> None:
    assert article("a.txt", PAGE.replace("nothing", "“nothing”").encode(encoding)).text.endswith("“nothing” at all.")


def test_a_link_out_of_the_folder_is_rejected_and_one_inside_is_read_once(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    write(inside / "a.txt", tmp_path / "outside" / "b.txt")
    (inside / "again.txt").symlink_to(inside / "a.txt")
    (inside / "out.txt").symlink_to(tmp_path / "outside" / "b.txt")
    (inside / "out").symlink_to(tmp_path / "outside")
    (inside / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    found = read_folder(inside)
    assert [one.url for one in found if isinstance(one, Article)] == [(inside / "a.txt").resolve().as_uri()]
    reasons = {Path(one.source).name: one.reason for one in found if isinstance(one, Rejection)}
    assert sorted(reasons) == ["gone.txt", "out", "out.txt"]
    assert "out of the folder" in reasons["out.txt"]
    assert "nowhere" in reasons["gone.txt"]


def test_links_in_a_circle_do_not_hang(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "x.txt").symlink_to(tmp_path / "y.txt")
    (tmp_path / "y.txt").symlink_to(tmp_path / "x.txt")
    assert sum(isinstance(found, Article) for found in read_folder(tmp_path)) == 1
    assert all(isinstance(found, Rejection) for found in read_sources([str(tmp_path / "x.txt")]))


def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (found,) = read_sources([str(tmp_path / "a.txt")])
    assert isinstance(found, Rejection)
    assert "neither" in found.reason


def test_reading_is_lazy_and_what_is_gone_meanwhile_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", tmp_path / "b.txt")
    found = read_sources([str(tmp_path)])
    assert isinstance(next(found), Article)
    (tmp_path / "b.txt").unlink()
    assert list(found) == []
