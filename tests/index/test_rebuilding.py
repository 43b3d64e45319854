"""Texts are encoded once, and a rebuild with another model goes on beside the archive until one switch."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from index import ArchiveDamaged, ArchiveLocked, ArchiveStale, Article, NewsIndex, Progress
from index import build as building
from index.types import Vectors
from tests.engines import Engine
from tests.fakes import WordEncoder, WordReader

SENTENCES = ("The ferry Alma struck the pier at noon", "Captain Ines Roth said 14 people were hurt")


def article(number: int, text: str = "", **fields: str) -> Article:
    own = " ".join(f"w{number}x{n}" for n in range(40))  # else they would all be copies of one another
    told = text or " ".join(f"{sentence} on day {number}." for sentence in (*SENTENCES, own))
    return Article(**{"url": f"https://a.example/{number}", "title": f"Story {number}", "text": told, **fields})  # type: ignore[arg-type]  # the fields are named by the test


def long_text(number: int, paragraphs: int = 8) -> str:
    """A text of several passages."""
    return "\n\n".join(
        f"Paragraph {n} of story {number}. " + "Much is told of it here. " * 20 for n in range(paragraphs)
    )


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Callable[[WordEncoder], NewsIndex]:
    config = engine.config(tmp_path / "data")
    return lambda encoder: NewsIndex.open(config, encoder=encoder, reader=WordReader())


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few articles are several batches."""
    monkeypatch.setattr("index.build.BATCH_PASSAGES", 4)


class Watched(WordEncoder):
    """Remembers what it was given."""

    def __init__(self, name: str = "words") -> None:
        super().__init__(name=name)
        self.given: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.given += texts
        return super().encode(texts)


class StopAt:
    """A listener that ends the work once it has come so far."""

    def __init__(self, stage: str, done: int) -> None:
        self.stage, self.done = stage, done

    def __call__(self, now: Progress) -> None:
        if (now.stage, now.done) == (self.stage, self.done):
            raise KeyboardInterrupt


Opened = Callable[[WordEncoder], NewsIndex]


def test_of_a_changed_article_only_the_passages_that_changed_are_encoded(opened: Opened) -> None:
    encoder = Watched()
    index = opened(encoder)
    text = long_text(1)
    index.add([article(1, text)])
    passages = len(encoder.given)
    assert passages > 3
    encoder.given.clear()
    index.add([article(1, text.replace("Paragraph 7 of story 1.", "Paragraph 7 is another one now."))])
    assert 1 <= len(encoder.given) < passages
    assert all("another one now" in text for text in encoder.given)
    assert index.status().passages == passages
    assert index.check() == ()


def test_the_same_texts_elsewhere_or_with_other_metadata_cost_no_model_call(opened: Opened) -> None:
    encoder = Watched()
    index = opened(encoder)
    index.add([article(number) for number in range(9)])
    encoder.given.clear()
    index.add([article(number, author="Somebody") for number in range(9)])
    index.add([article(number, collection="guild-7") for number in range(9)])
    index.add([article(number, url=f"https://b.example/{number}") for number in range(9)])
    assert encoder.given == []
    assert index.status().articles == 27
    assert index.check() == ()


def test_a_text_that_comes_twice_in_one_batch_is_encoded_once(opened: Opened) -> None:
    encoder = Watched()
    opened(encoder).add([article(1), article(1, url="https://b.example/1")])
    assert len(encoder.given) == len(set(encoder.given)) == 1


@pytest.mark.parametrize("waiting", [1, 2, 2_000])
def test_a_source_with_several_texts_under_one_url_is_unchanged_when_it_is_added_again(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, waiting: int
) -> None:
    index = opened(encoder := Watched())
    several = [article(1), article(2), article(1, "Another text."), article(3), article(2, "And another.")]
    assert index.add(several).repeated == 2
    encoder.given.clear()
    monkeypatch.setattr("index.build.CHANGES_WAITING", waiting)
    report = index.add(several)
    if waiting > 2:
        assert (report.added, report.changed, report.unchanged) == (0, 0, 5)
        assert encoder.given == []
    stored = {one.article.id: one.article.text for one in index.recent(9)}
    assert stored[article(1).id] == "Another text."
    assert stored[article(2).id] == "And another."
    index.add([article(3, "Not so."), article(2, "Nor so."), article(4), article(2, "And another."), article(3)])
    assert {one.article.id: one.article.text for one in index.recent(9)} == {**stored, article(4).id: article(4).text}
    assert index.add([article(1)]).changed == 1  # alone, the earlier text is a change
    assert index.check() == ()


def test_of_what_was_removed_no_vector_is_left(opened: Opened) -> None:
    encoder = Watched()
    index = opened(encoder)
    index.add([article(1)])
    index.remove([article(1).id])
    encoder.given.clear()
    index.add([article(1)])
    assert len(encoder.given) == 1


def test_every_vector_is_that_of_its_passage_whatever_was_used_again(
    engine: Engine, opened: Opened, tmp_path: Path
) -> None:
    encoder = WordEncoder()
    index = opened(encoder)
    index.add([article(1, long_text(1)), article(2, long_text(2))])
    index.add([article(1, long_text(2)), article(2, long_text(1)), article(3, long_text(1), collection="g")])
    for stored in engine.open(tmp_path / "data").articles():
        cut = building.cut(stored.article, encoder)
        for source, text in building.described([cut], encoder)[stored.article.id]:
            vector = engine.open(tmp_path / "data").known_vectors([source])[source]
            assert vector == pytest.approx(encoder.encode([text])[0], abs=1e-3)


def test_a_rebuild_that_is_stopped_goes_on_where_it_was(opened: Opened) -> None:
    opened(WordEncoder(name="old")).add([article(number) for number in range(40)])
    encoder = Watched("new")
    index = opened(encoder)
    for stage, done in (("encoding", 9), ("encoding", 21), ("switching", 7), ("publishing", 0)):
        with pytest.raises(KeyboardInterrupt):
            index.rebuild(on_progress=StopAt(stage, done))
        with pytest.raises(ArchiveStale, match="pullquote rebuild"):
            index.search("ferry")
    index.rebuild()
    assert len(encoder.given) == len(set(encoder.given)) == 40  # no text twice, for all the stopping
    assert len(index.search("ferry", 50)) == 40
    assert index.check() == ()


def test_a_rebuild_that_is_stopped_while_it_compares_forgets_no_story(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.COMPARED_TOGETHER", 3)
    index = opened(WordEncoder())
    index.add([article(number) for number in range(8)])
    with pytest.raises(KeyboardInterrupt):
        index.rebuild(on_progress=StopAt("comparing", 6))
    assert index.status().not_compared == 0
    assert index.check() == ()


def test_the_old_model_answers_and_writes_until_the_switch(opened: Opened) -> None:
    old = opened(WordEncoder(name="old"))
    old.add([article(number) for number in range(12)])
    new = opened(encoder := Watched("new"))
    seen: list[int] = []

    def ask_meanwhile(now: Progress) -> None:
        if now.stage == "encoding" and now.done == 6 and not seen:
            seen.append(len(old.search("ferry", 50)))
            old.add([article(0, "The ferry has changed."), article(99)])
            old.remove([article(11).id])
            seen.append(len(old.search("ferry", 50)))
        if now.stage == "switching" and now.done == 3:
            seen.append(len(old.search("ferry", 50)))

    new.rebuild(on_progress=ask_meanwhile)
    assert seen == [12, 12, 12]
    assert {hit.stored.article.url.rsplit("/", 1)[1] for hit in new.search("ferry", 50)} == {
        *map(str, range(11)),
        "99",
    }
    assert "The ferry has changed." in {hit.text for hit in new.search("ferry changed", 50)}
    with pytest.raises(ArchiveStale, match="PULLQUOTE_MODEL"):
        old.search("ferry")
    assert len(encoder.given) - 3 <= 13  # three searches; each text once, the changed one in both editions at most
    assert new.check() == ()


def test_a_rebuild_waits_for_another_writer_and_can_be_stopped_while_it_does(
    engine: Engine, opened: Opened, tmp_path: Path
) -> None:
    opened(WordEncoder(name="old")).add([article(number) for number in range(5)])
    index = opened(Watched("new"))
    with (
        engine.open(tmp_path / "data").writer(building.manifest_of(WordEncoder(name="old"))),
        pytest.raises(KeyboardInterrupt),
    ):
        index.rebuild(on_progress=StopAt("waiting for another writer", 0))
    index.rebuild()
    assert len(index.search("ferry", 50)) == 5


def test_two_rebuilds_do_not_run_at_once_and_the_second_hears_of_the_first(opened: Opened) -> None:
    opened(WordEncoder(name="old")).add([article(number) for number in range(5)])
    index = opened(WordEncoder(name="new"))

    def begin_another(_: Progress) -> None:
        with pytest.raises(ArchiveLocked, match=r"^Process \d+ on .* is rebuilding"):
            opened(WordEncoder(name="third")).rebuild()

    index.rebuild(on_progress=begin_another)
    assert len(index.search("ferry", 50)) == 5


def test_a_rebuild_for_a_third_model_begins_anew_and_going_back_forgets_it(opened: Opened, tmp_path: Path) -> None:
    old = opened(WordEncoder(name="old"))
    old.add([article(number) for number in range(12)])
    for name in ("new", "third"):
        with pytest.raises(KeyboardInterrupt):
            opened(WordEncoder(name=name)).rebuild(on_progress=StopAt("encoding", 9))
    assert (tmp_path / "data" / "rebuild.sqlite").exists()
    old.rebuild()
    assert not list((tmp_path / "data").glob("rebuild.sqlite*"))
    assert len(old.search("ferry", 50)) == 12
    index = opened(encoder := Watched("third"))
    index.rebuild()
    assert len(encoder.given) == 12
    assert not list((tmp_path / "data").glob("rebuild.sqlite*"))
    assert len(index.search("ferry", 50)) == 12


def test_new_passage_rules_encode_only_what_reads_differently(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(WordEncoder()).add([article(number) for number in range(12)])
    monkeypatch.setattr("index.build.PASSAGE_RULES", "next")
    index = opened(encoder := Watched())
    index.rebuild()
    assert encoder.given == []
    assert len(index.search("ferry", 50)) == 12
    assert index.check() == ()


@pytest.mark.parametrize("damage", ["cut off", "no database", "a vector altered"])
def test_what_a_stopped_rebuild_kept_is_not_trusted_blindly(opened: Opened, tmp_path: Path, damage: str) -> None:
    opened(WordEncoder(name="old")).add([article(number) for number in range(12)])
    index = opened(WordEncoder(name="new"))
    with pytest.raises(KeyboardInterrupt):
        index.rebuild(on_progress=StopAt("encoding", 9))
    file = tmp_path / "data" / "rebuild.sqlite"
    if damage == "a vector altered":
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE encoded SET vector = zeroblob(length(vector)) WHERE rowid = 3")
        with pytest.raises(ArchiveDamaged, match="`pullquote rebuild` again"):
            index.rebuild()
    else:
        file.write_bytes(file.read_bytes()[:9000] if damage == "cut off" else b"no database " * 999)
    index.rebuild()
    assert len(index.search("ferry", 50)) == 12
    assert index.check() == ()
