"""The archive end to end with a small encoder: last write wins, deleted is gone, every quote is a slice."""

import itertools
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import (
    Answer,
    ArchiveDamaged,
    ArchiveStale,
    Article,
    BadQuestion,
    Filters,
    NewsIndex,
    NoEvidence,
    Rejection,
    Turn,
)
from tests.engines import Embedded, Engine, news_index
from tests.fakes import WordEncoder, WordReader

FERRY = "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt."
SUMMIT = "The summit was put off. Anna Berg suggested postponing the summit, an aide said."


def article(number: int, text: str, collection: str = "public") -> Article:
    return Article(url=f"https://a.example/{number}", title=f"Story {number}", text=text, collection=collection)


@pytest.fixture
def index(engine: Engine, tmp_path: Path) -> NewsIndex:
    return news_index(engine, tmp_path)


def test_an_article_that_is_not_what_was_stored_is_never_quoted(tmp_path: Path) -> None:
    question = "How many people were hurt?"
    index = news_index(Embedded(), tmp_path)
    index.add([article(1, FERRY)])
    found = index.ask(question)
    assert isinstance(found, Answer)
    with closing(sqlite3.connect(next(tmp_path.rglob("archive.sqlite")))) as connection, connection:
        connection.execute("UPDATE articles SET text = replace(text, 'hurt', 'paid') || ' hurt'")
    with pytest.raises(ArchiveDamaged, match=f"{found.quotes[0].stored.article.id}.*pullquote check"):
        index.ask(f"{question} Who?")
    assert index.ask(question) == found  # from memory: what was stored


def test_the_first_quote_is_the_sentence_that_answers_and_a_slice_of_the_stored_text(index: NewsIndex) -> None:
    index.add([article(1, FERRY), article(2, SUMMIT)])
    answer = index.ask("Who suggested postponing the summit?")
    assert isinstance(answer, Answer)
    quote = answer.quotes[0]
    assert quote.text == "Anna Berg suggested postponing the summit, an aide said."
    stored = index.show(quote.stored.article.id)
    assert stored is not None
    assert stored.article.text[quote.start : quote.end] == quote.text
    assert answer.short == "Anna"  # the fake reader finds single words


def test_as_many_quotes_are_given_as_are_asked_for(index: NewsIndex) -> None:
    index.add([article(number, f"The ferry took {number} people to Ostby.") for number in range(9)])
    for quotes in (1, 2, 6):
        answer = index.ask("How many people did the ferry take to Ostby?", quotes=quotes)
        assert isinstance(answer, Answer)
        assert len(answer.quotes) == quotes


def test_a_quote_is_found_again_among_its_sentences_until_its_article_is_removed(index: NewsIndex) -> None:
    index.add([article(1, FERRY)])
    start = FERRY.index("Captain")
    article_id = article(1, FERRY).id
    context = index.around(article_id, 1, start, len(FERRY))
    assert context is not None
    assert context.quote.text == FERRY[start:]
    assert (context.around.start, context.around.end) == (0, len(FERRY))
    for start, end in ((-1, 5), (5, 5), (0, len(FERRY) + 1)):
        assert index.around(article_id, 1, start, end) is None
    index.add([article(1, SUMMIT)])
    changed = index.around(article_id, 1, FERRY.index("Captain"), len(FERRY))
    assert changed is not None
    assert (changed.quote.text, changed.around) == (context.quote.text, context.around)
    index.remove([article_id])
    assert index.around(article_id, 1, 0, 5) is None
    assert index.around(article_id, 2, 0, 5) is None


def test_a_quotation_whose_speaker_the_text_does_not_name_is_marked(index: NewsIndex) -> None:
    said = "“The night bus will run again in May,” an aide said."
    index.add([article(1, FERRY), article(2, SUMMIT), article(3, said)])
    for question, speaker, unnamed in (
        ("When will the night bus run again?", None, True),
        ("Who suggested postponing the summit?", None, False),
        ("How many people did Captain Ines Roth say were hurt?", "Ines Roth", False),
        ("What struck the pier at noon?", None, False),
    ):
        answer = index.ask(question)
        assert isinstance(answer, Answer)
        assert (answer.quotes[0].speaker, answer.quotes[0].unnamed) == (speaker, unnamed)


def test_a_question_is_completed_from_the_conversation_before_it_is_searched_for(index: NewsIndex) -> None:
    index.add([article(1, FERRY), article(2, SUMMIT)])
    turn = Turn.of(index.ask("Who suggested postponing the summit?"))
    followed, whole = (
        index.ask("why?", history=[turn]),
        index.ask(f"Why did {turn.answer} suggest postponing the summit?"),
    )
    assert followed == whole
    assert index.ask("why?").question == "why?"
    assert index.ask("Who was hurt on the ferry Alma?", history=[turn]) == index.ask("Who was hurt on the ferry Alma?")


def test_the_same_article_twice_is_unchanged_and_is_not_encoded_again(engine: Engine, tmp_path: Path) -> None:
    encoder = WordEncoder()
    index = NewsIndex.open(engine.config(tmp_path), encoder=encoder, reader=WordReader())
    index.add([article(1, FERRY)])
    encoded = encoder.encoded
    report = index.add([article(1, FERRY)])
    assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
    assert encoder.encoded == encoded


def test_a_changed_text_under_the_same_url_replaces_the_old_one(index: NewsIndex) -> None:
    index.add([article(1, FERRY)])
    report = index.add([article(1, SUMMIT)])
    assert report.changed == 1
    stored = index.show(article(1, "").id)
    assert stored is not None
    assert (stored.version, stored.article.text) == (2, SUMMIT)
    assert all("ferry" not in hit.text for hit in index.search("ferry Alma pier"))


def test_of_two_texts_under_one_url_in_one_run_the_last_wins(index: NewsIndex) -> None:
    report = index.add([article(1, FERRY), article(1, SUMMIT)])
    assert (report.added, report.changed, report.repeated) == (1, 1, 1)
    stored = index.show(article(1, "").id)
    assert stored is not None
    assert stored.article.text == SUMMIT
    assert index.status().articles == 1


def test_a_removed_article_is_never_found_again(index: NewsIndex) -> None:
    index.add([article(1, FERRY), article(2, SUMMIT)])
    assert index.remove([article(1, "").id, "no such id"]) == 1
    assert {hit.stored.article.url for hit in index.search("ferry summit")} == {"https://a.example/2"}


def test_a_removal_within_a_collection_leaves_every_other_alone(index: NewsIndex) -> None:
    index.add([article(1, FERRY, collection="guild-7"), article(2, SUMMIT)])
    both = [article(1, "", collection="guild-7").id, article(2, "").id]
    assert index.remove(both, collection="guild-8") == 0
    assert index.remove(both, collection="guild-7") == 1
    assert [one.article.url for one in index.recent(5, Filters(("public", "guild-7")))] == ["https://a.example/2"]
    assert index.status(["guild-7"]).articles == 0


def test_a_collection_is_emptied_of_all_it_has_and_no_other_is(index: NewsIndex) -> None:
    index.add([article(1, FERRY, collection="guild-7"), article(3, FERRY, collection="guild-7"), article(2, SUMMIT)])
    index.add([article(3, SUMMIT, collection="guild-7")])  # and so an earlier version is kept
    withdrawn = article(1, "", collection="guild-7").id
    index.keeping.withdraw([withdrawn])
    assert index.remove_all("guild-8") == 0
    assert index.remove_all("guild-7") == 2
    assert index.remove_all("guild-7") == 0
    assert index.status().collections == ("public",)
    for one in (withdrawn, article(3, "", collection="guild-7").id):
        assert index.show(one) is None
        assert index.show(one, version=1) is None
    assert [hit.stored.article.url for hit in index.search("ferry summit")] == ["https://a.example/2"]


def test_what_came_in_last_is_listed_of_the_named_collections_only(index: NewsIndex) -> None:
    index.add([article(1, FERRY, collection="guild-7")])
    index.add([article(2, SUMMIT)])
    assert [one.article.title for one in index.recent(5)] == ["Story 2"]
    assert [one.article.title for one in index.recent(5, Filters(("public", "guild-7")))] == ["Story 2", "Story 1"]
    assert [one.article.title for one in index.recent(1, Filters(("public", "guild-7")), 1)] == ["Story 1"]


def test_what_another_collection_holds_is_not_found(index: NewsIndex) -> None:
    index.add([article(1, FERRY, collection="guild-7"), article(2, SUMMIT)])
    assert all(hit.stored.article.collection == "public" for hit in index.search("ferry Alma pier"))
    mine = index.search("ferry Alma pier", filters=Filters(collections=("guild-7",)))
    assert [hit.stored.article.collection for hit in mine] == ["guild-7"]


def test_rejections_are_counted_and_the_rest_is_stored(index: NewsIndex) -> None:
    report = index.add([Rejection("a.txt", "is empty"), article(1, FERRY)])
    assert (report.added, report.rejected) == (1, (Rejection("a.txt", "is empty"),))


def test_a_reader_sees_what_another_opening_of_the_archive_adds(engine: Engine, tmp_path: Path) -> None:
    config = engine.config(tmp_path)
    reader = NewsIndex.open(config, encoder=WordEncoder(), reader=WordReader())
    assert reader.search("ferry") == []
    NewsIndex.open(config, encoder=WordEncoder(), reader=WordReader()).add([article(1, FERRY)])
    assert len(reader.search("ferry")) == 1


def test_another_model_is_refused_until_a_rebuild_encodes_everything_again(engine: Engine, tmp_path: Path) -> None:
    config = engine.config(tmp_path)
    NewsIndex.open(config, encoder=WordEncoder(name="old"), reader=WordReader()).add([article(1, FERRY)])
    index = NewsIndex.open(config, encoder=WordEncoder(name="new"), reader=WordReader())
    with pytest.raises(ArchiveStale, match="pullquote rebuild"):
        index.search("ferry")
    with pytest.raises(ArchiveStale, match="pullquote rebuild"):
        index.add([article(2, SUMMIT)])
    index.rebuild()
    assert len(index.search("ferry")) == 1


def test_a_rebuild_with_the_same_model_encodes_nothing(engine: Engine, tmp_path: Path) -> None:
    encoder = WordEncoder()
    index = NewsIndex.open(engine.config(tmp_path), encoder=encoder, reader=WordReader())
    index.add([article(1, FERRY)])
    encoded = encoder.encoded
    index.rebuild()
    assert encoder.encoded == encoded
    assert index.check() == ()


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "no word"),
        ("  \n ", "no word"),
        ("🙂🙂", "no word"),
        ("?!", "no word"),
        ("why " * 1_250, "4,999 characters"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(index: NewsIndex, question: str, sentence: str) -> None:
    for call in (index.ask, index.search):
        with pytest.raises(BadQuestion, match=sentence):
            call(question)


def test_a_question_in_another_script_is_asked_and_declined(engine: Engine, tmp_path: Path) -> None:
    index = NewsIndex.open(engine.config(tmp_path), encoder=WordEncoder(), reader=WordReader())
    index.add([article(1, FERRY)])
    assert isinstance(index.ask("Кто предложил отложить саммит?"), NoEvidence)


def test_what_happened_on_a_day_is_answered_from_that_day_or_not_at_all(index: NewsIndex) -> None:
    days = [datetime(2025, 10, day, 9, tzinfo=UTC) for day in (20, 25)]
    index.add(replace(article(n, FERRY), published_at=day) for n, day in enumerate(days))
    for asked_on, there in ((21, {days[0]}), (26, {days[1]}), (24, set())):
        result = index.ask("What happened yesterday?", date(2025, 10, asked_on))
        shown = [quote.stored for quote in result.quotes] if isinstance(result, Answer) else []
        found = [*shown, *(hit.stored for hit in result.hits)]
        assert {stored.article.published_at for stored in found} == there


def test_an_empty_archive_has_no_evidence(index: NewsIndex) -> None:
    assert index.ask("Who suggested it?") == NoEvidence("Who suggested it?", 0.0, ())


TEXTS = st.lists(
    st.text(min_size=1, max_size=300).filter(lambda t: "\x00" not in t and _encodes(t)), min_size=1, max_size=4
)


def _encodes(text: str) -> bool:
    return text.encode("utf-8", "ignore").decode() == text


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=TEXTS, question=st.text(min_size=1, max_size=50).filter(lambda q: any(c.isalnum() for c in q) and _encodes(q))
)
def test_whatever_is_stored_and_asked_every_quote_and_passage_is_verbatim(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str
) -> None:
    index = news_index(engine, tmp_path_factory.mktemp("archive"))
    index.add(article(n, text) for n, text in enumerate(texts))
    answer = index.ask(question)
    for hit in answer.hits:
        assert texts[int(hit.stored.article.url.rsplit("/", 1)[1])][hit.passage.start : hit.passage.end] == hit.text
    for quote in answer.quotes if isinstance(answer, Answer) else ():
        assert texts[int(quote.stored.article.url.rsplit("/", 1)[1])][quote.start : quote.end] == quote.text
    assert answer == index.ask(question)
    index.close()


def test_a_page_is_fetched_from_allowed_hosts_only_and_a_file_that_is_named_as_one_is_not_opened(
    index: NewsIndex, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text(f"Secret\n\n{FERRY}\n")
    for name in ("https://quay.example/story", str(tmp_path / "secret.txt"), (tmp_path / "secret.txt").as_uri()):
        report = index.add_page(name)
        assert [rejection.source for rejection in report.rejected] == [name]
    assert index.status().articles == 0


def test_an_upload_is_taken_up_to_what_its_collection_may_hold_and_what_is_there_may_change(index: NewsIndex) -> None:
    def rows(*texts: str) -> bytes:
        urls = (f"https://a.example/{number}" for number in itertools.count())
        return "\n".join(
            json.dumps({"url": url, "title": "T", "text": text}) for url, text in zip(urls, texts, strict=False)
        ).encode()

    first = index.add_upload("a.jsonl", rows(FERRY, SUMMIT, FERRY), collection="guild-1", most=2)
    assert (first.added, [one.reason for one in first.rejected]) == (2, ["is beyond the 2 articles that may be here"])
    again = index.add_upload("a.jsonl", rows(SUMMIT, SUMMIT, FERRY), collection="guild-1", most=2)
    assert (again.changed, again.unchanged, len(again.rejected)) == (1, 1, 1)
    assert index.add_upload("a.jsonl", rows(FERRY), collection="guild-2", most=1).added == 1


def test_an_upload_joins_its_collection_and_is_unchanged_the_second_time(index: NewsIndex) -> None:
    upload = f"Ferry strikes pier\n\n{FERRY}\n".encode()
    assert index.add_upload("ferry.txt", upload, collection="guild-1").added == 1
    assert index.add_upload("ferry.txt", upload, collection="guild-1").unchanged == 1
    assert index.status().collections == ("guild-1",)
    assert len(index.add_upload("ferry.exe", upload).rejected) == 1
