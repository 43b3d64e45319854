"""One copy of a story is shown, with the other outlets that carry it; no collection shows in another's answers."""

from dataclasses import replace
from pathlib import Path

import pytest

from index import Answer, Article, Filters, IndexConfig, NewsIndex
from tests.engines import Engine, news_index
from tests.fakes import WordEncoder, WordReader

REPORT = (
    "PORT ALDER (Northern Wire) — Dockworkers in the largest port of the country voted on Tuesday to accept an "
    "offer and to go back to work, ending a strike that had kept 41 ships waiting at sea for up to 12 "
    "days.\n\nThe union said that 68 percent of those voting were in favour. The agreement gives 2,600 crane "
    "drivers and lashers a raise of 9 percent over two years, and a limit of ten hours on any shift.\n\nThe "
    "employers put the cost of the stoppage at 86 million crowns."
)
OTHER = "The night bus to Grayling will run again in May. The council of Grayling voted for it on Monday."
QUESTION = "How many crane drivers and lashers get a raise?"


def carried(outlet: str | None, text: str = REPORT, collection: str = "public") -> Article:
    host = (outlet or "nobody").lower()
    return Article(f"https://{host}.example/1", f"Strike: {outlet}", text, publisher=outlet, collection=collection)


PUBLIC = [
    carried("Post"),
    carried("Courier", f"{REPORT}\n\nThe first ship to be unloaded has bananas on board."),
    carried("Herald", REPORT.replace("favour", "favor")),
    carried("Courier", OTHER),
]
PUBLIC[-1] = replace(PUBLIC[-1], url="https://courier.example/2")
OWN = carried("Gazette", REPORT, collection="g1")


@pytest.fixture
def index(engine: Engine, tmp_path: Path) -> NewsIndex:
    found = news_index(engine, tmp_path)
    found.add(PUBLIC)
    return found


def ask(index: NewsIndex, *collections: str) -> Answer:
    answer = index.ask(QUESTION, filters=Filters(collections=collections or ("public",)))
    assert isinstance(answer, Answer)
    return answer


def test_an_answer_quotes_one_copy_and_names_the_other_outlets_and_the_agency(index: NewsIndex) -> None:
    answer = ask(index)
    first = answer.quotes[0]
    assert len({quote.stored.article.id for quote in answer.quotes if quote.stored.story == first.stored.story}) == 1
    own = first.stored.article.publisher
    assert {own, *first.also} == {"Post", "Courier", "Herald"}
    assert len(first.also) == 2
    assert answer.outlets == ("Northern Wire",)


def test_a_story_is_found_once(index: NewsIndex) -> None:
    hits = index.search("crane drivers and lashers")
    assert len({hit.stored.story for hit in hits}) == len({hit.stored.article.id for hit in hits}) == 2
    both = {hit.stored.article.publisher: hit.also for hit in hits}
    assert both.pop("Courier", ()) in ((), ("Herald", "Post"))
    assert all(len(also) == 2 for also in both.values())


def test_within_one_article_that_is_asked_about_nothing_is_left_out(index: NewsIndex) -> None:
    herald = PUBLIC[2]
    hits = index.search("crane drivers", filters=Filters(article=herald.id))
    assert {hit.stored.article.id for hit in hits} == {herald.id}


def test_the_copy_of_one_collection_changes_nothing_in_what_another_sees(index: NewsIndex) -> None:
    answer, hits = ask(index), index.search("crane drivers")
    index.add([OWN])
    assert replace(ask(index), hits=()) == replace(answer, hits=())
    assert index.search("crane drivers") == hits
    assert index.status(["public"]).stories == 2
    assert [hit.also for hit in index.search("crane drivers", filters=Filters(collections=("g1",)))] == [()]
    both = ask(index, "public", "g1")
    assert both.outlets == ("Northern Wire",)  # who reads both sees one source all the same
    assert "Gazette" not in {
        name for quote in both.quotes if quote.stored.article.collection == "public" for name in quote.also
    }


def test_an_outlet_is_named_no_more_when_its_article_goes(index: NewsIndex) -> None:
    index.remove([PUBLIC[2].id])
    first = ask(index).quotes[0]
    assert {first.stored.article.publisher, *first.also} == {"Post", "Courier"}
    index.remove([PUBLIC[1].id])
    assert ask(index).quotes[0].also == ()


def test_only_articles_in_the_wanted_languages_come_in(tmp_path: Path) -> None:
    config = IndexConfig(data=tmp_path, languages=("de",))
    german = NewsIndex.open(config, encoder=WordEncoder(), reader=WordReader())
    report = german.add(PUBLIC)
    assert (report.added, len(report.rejected)) == (0, 4)
    assert "'en'" in report.rejected[0].reason


def test_rebuilding_compares_all_articles_anew(index: NewsIndex) -> None:
    seen: list[str] = []
    before = index.status()
    index.rebuild(on_progress=lambda progress: seen.append(progress.stage))
    assert "comparing" in seen
    assert index.status().stories == before.stories == 2


def test_an_article_that_is_withdrawn_carries_no_story_until_it_is_reinstated(index: NewsIndex) -> None:
    herald = PUBLIC[2]
    index.keeping.withdraw([herald.id])
    first = ask(index).quotes[0]
    assert {first.stored.article.publisher, *first.also} == {"Post", "Courier"}
    index.keeping.reinstate([herald.id])
    first = ask(index).quotes[0]
    assert {first.stored.article.publisher, *first.also} == {"Post", "Courier", "Herald"}
    assert index.check() == ()
