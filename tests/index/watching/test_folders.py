"""A watched folder: read when something in it has changed, and no file twice."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from index import NewsIndex, NewSource, Round

TEXT = "The ferry Alma struck the pier at noon, and {} people were hurt, said Captain Ines Roth."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "news").mkdir()
    for number in range(3):
        (tmp_path / "news" / f"{number}.txt").write_text(f"Ferry {number}\n\n{TEXT.format(number)}")
    return tmp_path / "news"


def test_only_files_that_have_changed_are_read(
    folder: Path, index: NewsIndex, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    added = follow(str(folder))
    assert (added.source.kind, added.names) == ("folder", 3)
    assert look().report.added == 3
    again = look()
    assert (again.report.unchanged, again.looks[0].read, again.looks[0].same) == (0, 0, 3)
    (folder / "1.txt").write_text(f"Ferry 1\n\n{TEXT.format('fourteen')}")
    (folder / "3.jsonl").write_text('{"title": "A", "text": "The council met on Monday."}\n{"title": "B"}\n')
    found = look()
    assert (found.report.added, found.report.changed) == (1, 1)
    assert [one.source for one in found.looks[0].rejected] == [f"{folder / '3.jsonl'}:2"]
    assert look().looks[0].rejected == ()  # told once
    assert index.sources.sources()[0].articles == 4


def test_a_look_counts_articles_as_the_archive_does(
    folder: Path, index: NewsIndex, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    index.add_sources([str(folder / "0.txt"), str(folder / "1.txt")])
    (folder / "1.txt").write_text(f"Ferry 1\n\n{TEXT.format('fourteen')}")
    (folder / "empty.txt").write_text("")
    follow(str(folder))
    found = look()
    assert (found.report.added, found.report.changed, found.report.unchanged) == (1, 1, 1)
    assert (found.looks[0].read, found.looks[0].same, len(found.looks[0].rejected)) == (2, 1, 1)


def test_a_file_of_the_same_size_and_another_time_is_read(
    folder: Path, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    follow(str(folder))
    look()
    os.utime(folder / "1.txt", (1, 1))
    assert look().report.unchanged == 1


def test_a_removed_article_stays_removed_until_its_file_changes(
    folder: Path, index: NewsIndex, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    follow(str(folder))
    look()
    index.remove([index.find((folder / "0.txt").as_uri())[0].article.id])
    look()
    assert index.status().articles == 2


def test_a_folder_that_has_gone_is_a_failing_source(
    folder: Path, index: NewsIndex, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    follow(str(folder))
    look()
    folder.rename(folder.with_name("elsewhere"))
    look()
    (source,) = index.sources.sources()
    assert source.error == "is not there any more"
    folder.with_name("elsewhere").rename(folder)
    look()
    assert index.sources.sources()[0].error is None
    assert index.status().articles == 3


def test_an_empty_folder_is_no_failure_and_what_comes_into_it_is_read_at_the_next_look(
    tmp_path: Path, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    (tmp_path / "new").mkdir()
    follow(str(tmp_path / "new"))
    assert look().looks[0].error is None
    (tmp_path / "new" / "a.txt").write_text(f"Ferry\n\n{TEXT.format(3)}")
    assert look().report.added == 1


def test_a_link_out_of_the_folder_is_told_of_once(
    folder: Path, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    (folder / "out.txt").symlink_to("/etc/hostname")
    follow(str(folder))
    assert [one.source for one in look().looks[0].rejected] == [str(folder / "out.txt")]
    assert look().looks[0].rejected == ()


def test_an_article_whose_file_is_gone_stays_and_that_is_said_until_the_file_is_back(
    folder: Path, index: NewsIndex, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    follow(str(folder))
    look()
    for number in (0, 1):
        (folder / f"{number}.txt").rename(folder.parent / f"{number}.txt")
    for _ in range(12):
        look()
    (source,) = index.sources.sources()
    assert (source.gone, source.error, index.status().articles) == (2, None, 3)
    assert index.sources.gone_since(source.looked_at or source.due_at) == {}, "no file is taken for a page"
    (folder.parent / "0.txt").rename(folder / "0.txt")
    assert look().report.unchanged == 0
    assert index.sources.sources()[0].gone == 1


def test_what_was_refused_is_said_until_it_is_well_or_gone(
    folder: Path, index: NewsIndex, follow: Callable[[str], NewSource], look: Callable[[], Round]
) -> None:
    (folder / "empty.txt").write_text("")
    (folder / "lines.jsonl").write_text('{"title": "A"}\n{"title": "B"}\n')
    (folder / "out.txt").symlink_to("/etc/hostname")
    source = follow(str(folder)).source
    look()
    refused = index.health.refused(source.id, 9)
    assert refused.count == 3
    assert any("(and 1 more in that file)" in one.reason for one in refused.last)
    (folder / "empty.txt").write_text(f"Ferry\n\n{TEXT.format(9)}")
    (folder / "lines.jsonl").unlink()
    (folder / "out.txt").unlink()
    look()
    assert index.health.refused(source.id, 9).count == 0
