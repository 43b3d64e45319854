"""A citation means one text for ever: it resolves to that, or to when that was withdrawn or removed."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from index import (
    Answer,
    Article,
    Filters,
    Gone,
    IndexConfig,
    NewsIndex,
    Rejection,
    Retention,
    StoredArticle,
    Withdrawal,
)
from tests.engines import Embedded, Engine, news_index

FERRY = "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt."
MENDED = FERRY.replace("14", "16")
NOTICE = "Correction: An earlier version of this story gave a wrong number of injured people."
WORDS = "ferry pier captain edition"  # some of each text here
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=10_000)


def article(number: int = 1, text: str = FERRY, **fields: object) -> Article:
    return Article(url=f"https://a.example/{number}", title=f"Story {number}", text=text, **fields)  # type: ignore[arg-type]  # the fields are named by the test


ID = article().id


@pytest.fixture
def index(engine: Engine, tmp_path: Path) -> Iterator[NewsIndex]:
    opened = news_index(engine, tmp_path / "data")
    yield opened
    opened.close()


def found(index: NewsIndex) -> set[tuple[str, int]]:
    """All that can be found in the archive, by search and among the newest."""
    snapshot = index._store.snapshot()
    ranked = [passage_id for passage_id, _ in snapshot.lexical(WORDS, 1_000, Filters())]
    hits = {(one.stored.article.id, one.stored.version) for one in snapshot.get(ranked)}
    shown = {(hit.stored.article.id, hit.stored.version) for hit in index.search(WORDS, 100)}  # one of each story
    assert shown <= hits == {(stored.article.id, stored.version) for stored in index.recent(100)}
    assert bool(shown) == bool(hits)
    return hits


@dataclass
class Known:
    """What a run of writes should have left behind."""

    texts: dict[tuple[str, int], str | None] = field(default_factory=dict)  # None: deleted for good
    current: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, bool] = field(default_factory=dict)  # True: until it is reinstated

    def highest(self, article_id: str) -> int:
        return max((number for one, number in self.texts if one == article_id), default=0)

    def last_kept(self, article_id: str) -> int:
        return max((number for (one, number), text in self.texts.items() if one == article_id and text), default=0)

    def erase(self, article_id: str, *, below: int | None = None) -> None:
        for one, number in self.texts:
            if one == article_id and (below is None or number < below):
                self.texts[one, number] = None


NUMBERS = st.integers(0, 2)


class AnyLife(RuleBasedStateMachine):
    """The archive beside a dictionary of every version that there ever was."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp())
        self.index = news_index(engine, self.folder / "data")
        self.known = Known()
        self.backup: Known | None = None

    @rule(number=NUMBERS, edition=st.integers(0, 3))
    def add(self, number: int, edition: int) -> None:
        one = article(number, f"The ferry of edition {edition}.")
        report, known = self.index.add([one]), self.known
        if known.withdrawn.get(one.id):
            assert [rejection.source for rejection in report.rejected] == [one.url]
            return
        version = known.current.get(one.id) or known.last_kept(one.id)
        if known.texts.get((one.id, version)) != one.text:
            version = known.highest(one.id) + 1
        known.texts[one.id, version] = one.text
        known.current[one.id] = version
        known.withdrawn.pop(one.id, None)

    @rule(number=NUMBERS)
    def remove(self, number: int) -> None:
        one = article(number).id
        assert self.index.remove([one]) == bool(self.known.last_kept(one))
        self.known.erase(one)
        self.known.current.pop(one, None)

    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        one = article(number).id
        news = bool(self.known.highest(one)) and not self.known.withdrawn.get(one)
        assert self.index.keeping.withdraw([one]) == news
        if news:
            self.known.current.pop(one, None)
            self.known.withdrawn[one] = True

    @rule(number=NUMBERS)
    def its_source_has_it_no_more(self, number: int) -> None:
        one = article(number)
        there = one.id in self.known.current
        assert self.index.keeping.withdraw_gone({one.id: datetime.now(UTC)}, days=0.0) == there
        if there:
            del self.known.current[one.id]
            self.known.withdrawn[one.id] = False

    @rule(number=NUMBERS)
    def reinstate(self, number: int) -> None:
        one = article(number).id
        assert self.index.keeping.reinstate([one]) == (one in self.known.withdrawn)
        if self.known.withdrawn.pop(one, None) is not None and (last := self.known.last_kept(one)):
            self.known.current[one] = last

    @rule()
    def earlier_versions_go(self) -> None:
        self.index.keeping.retain(Retention(older_than=timedelta(0), earlier_versions=True))
        for one in {one for one, _ in self.known.texts}:
            self.known.erase(one, below=self.known.current.get(one) or self.known.last_kept(one))

    @precondition(lambda self: self.engine.name == "embedded")
    @rule()
    def back_up(self) -> None:
        self.index.backup(self.folder / "backup")
        self.backup = deepcopy(self.known)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        self.index.close()
        NewsIndex.restore(IndexConfig(data=self.folder / "data"), self.folder / "backup")
        before, self.known = self.known, deepcopy(self.backup or Known())
        for number in before.texts:  # what was dealt out since is not dealt out again
            self.known.texts.setdefault(number, None)

    @invariant()
    def every_citation_resolves_to_its_own_text_or_to_what_became_of_it(self) -> None:
        for (one, number), text in self.known.texts.items():
            stored, gone = self.index.show(one, version=number), self.index.gone(one, number)
            if text is None or one in self.known.withdrawn:
                assert stored is None
                assert gone is not None
                assert (gone.how, gone.version) == ("removed" if text is None else "withdrawn", number)
                assert self.index.around(one, number, 0, 3) is None
                continue
            context = self.index.around(one, number, 4, len(text))
            assert stored is not None
            assert context is not None
            assert (stored.article.text, context.quote.text, gone) == (text, text[4:], None)
            assert (stored.replaced_at is None) == (self.known.current.get(one) == number)

    @invariant()
    def only_current_versions_are_found(self) -> None:
        assert found(self.index) == set(self.known.current.items())

    def teardown(self) -> None:
        assert self.index.check() == ()
        self.index.close()
        shutil.rmtree(self.folder)


def test_any_life(engine: Engine) -> None:
    few = settings(max_examples=6, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(lambda: AnyLife(engine), settings=few)  # type: ignore[arg-type]  # whatever makes one


@pytest.mark.slow
def test_any_long_life() -> None:
    many = settings(max_examples=20, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(lambda: AnyLife(Embedded()), settings=many)  # type: ignore[arg-type]  # likewise


def test_an_article_added_again_after_its_removal_does_not_take_the_place_of_the_first(index: NewsIndex) -> None:
    index.add([article()])
    index.remove([ID])
    index.add([article(text=MENDED)])
    assert (index.show(ID) or pytest.fail("not there")).version == 2
    gone = index.gone(ID, 1)
    assert gone is not None
    assert (gone.how, gone.collection, gone.at.date()) == ("removed", "public", NOW.date())


def test_of_what_was_deleted_for_good_nothing_is_left_but_the_numbers(index: NewsIndex, tmp_path: Path) -> None:
    index.add([article(text="Zanzibar.")])
    index.add([article(text="Timbuktu.")])
    index.remove([ID])
    assert found(index) == set()
    history = index.history(ID)
    assert history is not None
    assert [(type(one), one.version) for one in history.versions] == [(Gone, 1), (Gone, 2)]
    index.close()
    for file in (tmp_path / "data").glob("archive.sqlite*"):
        assert not re.search(rb"Zanzibar|Timbuktu|a\.example", file.read_bytes())


def test_a_withdrawn_article_stays_so_when_its_source_changes_it_until_it_is_reinstated(index: NewsIndex) -> None:
    index.add([article()])
    assert index.keeping.withdraw([ID], "the publisher asked for it") == 1
    report = index.add([article(text=MENDED)])
    (rejection,) = report.rejected
    assert "the publisher asked for it" in rejection.reason
    assert "pullquote reinstate" in rejection.reason
    assert (index.show(ID), index.search("ferry")) == (None, [])
    assert index.keeping.reinstate([ID]) == 1
    assert found(index) == {(ID, 1)}
    assert index.add([article(text=MENDED)]).changed == 1


def test_a_reinstated_article_is_not_new(index: NewsIndex) -> None:
    index.add([article(1)])
    index.add([article(2)])
    before = index.recent(5)
    index.keeping.withdraw([ID])
    index.keeping.reinstate([ID])
    assert index.recent(5) == before


def test_an_article_whose_page_is_gone_for_days_is_withdrawn_and_comes_back_with_the_page(index: NewsIndex) -> None:
    index.add([article()])
    later = datetime.now(UTC)
    assert index.keeping.withdraw_gone({ID: later}, days=3.0) == 0  # not for long enough
    assert index.keeping.withdraw_gone({ID: LONG_AGO}, days=3.0) == 0  # added since
    assert index.keeping.withdraw_gone({ID: later, "no such id": later}, days=0.0) == 1
    gone = index.gone(ID)
    assert gone is not None
    assert gone.reason == f"its source has had it no more since {later:%Y-%m-%d}"
    report = index.add([article(text=MENDED)])
    assert (report.added, report.rejected) == (1, ())
    assert found(index) == {(ID, 2)}
    assert (index.show(ID, version=1) or pytest.fail("not there")).article.text == FERRY
    history = index.history(ID)
    assert history is not None
    assert [(one.lasting, one.ended_at is None) for one in history.withdrawals] == [(False, False)]


def test_who_reinstates_what_is_gone_at_its_source_is_not_overruled(index: NewsIndex) -> None:
    index.add([article()])
    gone = {ID: datetime.now(UTC)}
    assert index.keeping.withdraw_gone(gone, days=0.0) == 1
    assert index.keeping.reinstate([ID]) == 1
    assert index.keeping.withdraw_gone(gone, days=0.0) == 0
    assert index.keeping.withdraw_gone({ID: datetime.now(UTC)}, days=0.0) == 1  # it was there again meanwhile


def test_who_withdraws_what_was_gone_anyway_makes_it_last(index: NewsIndex) -> None:
    index.add([article()])
    index.keeping.withdraw_gone({ID: datetime.now(UTC)}, days=0.0)
    assert index.keeping.withdraw([ID], "libel") == 1
    assert index.keeping.withdraw([ID], "again") == 0
    assert [type(one) for one in index.add([article()]).rejected] == [Rejection]
    assert (index.gone(ID) or pytest.fail("not gone")).reason == "libel"


def test_a_removed_article_can_be_kept_out(index: NewsIndex) -> None:
    index.add([article()])
    index.remove([ID])
    assert index.keeping.withdraw([ID]) == 1
    assert len(index.add([article()]).rejected) == 1
    assert (index.gone(ID, 1) or pytest.fail("not gone")).how == "removed"
    assert index.keeping.reinstate([ID]) == 1
    assert index.show(ID) is None
    index.add([article()])
    assert found(index) == {(ID, 2)}


def test_articles_of_other_collections_are_left_alone(index: NewsIndex) -> None:
    index.add([article(collection="g1")])
    own = article(collection="g1").id
    assert index.keeping.withdraw([own]) == 1
    assert index.remove([own, "no such id"], collection="g2") == 0
    assert index.remove([own], collection="g1") == 1


@pytest.mark.parametrize("versions", [[f"{FERRY}\n\n{NOTICE}"], [FERRY, f"{FERRY}\n\n{NOTICE}"],
                                      [FERRY, f"{FERRY}\n\n{NOTICE}", MENDED]])  # fmt: skip
def test_a_correction_is_shown_with_every_quote_of_the_article_whichever_version_has_it(
    index: NewsIndex, versions: list[str]
) -> None:
    for text in versions:
        index.add([article(text=text)])
    answer = index.ask("How many people did Captain Ines Roth say were hurt?")
    assert isinstance(answer, Answer)
    quoted = [answer.quotes[0].correction]
    for version, text in enumerate(versions, start=1):
        context = index.around(ID, version, 0, len(FERRY))
        assert context is not None
        assert context.quote.text == text[: len(FERRY)]
        quoted.append(context.quote.correction)
    where = next(at for at, text in enumerate(versions, start=1) if NOTICE in text)
    for correction in quoted:
        assert correction is not None
        assert (correction.text, correction.version) == (NOTICE, where)
        assert (correction.noted_at is None) == (where == 1)  # else it is known when it came


def test_an_article_that_was_merely_changed_has_no_correction(index: NewsIndex) -> None:
    index.add([article()])
    index.add([article(text=MENDED)])
    context = index.around(ID, 1, 0, 9)
    assert context is not None
    assert context.quote.correction is None
    assert context.quote.stored.replaced_at is not None


def test_a_rule_of_retention_deletes_exactly_what_its_trial_named(index: NewsIndex) -> None:
    index.add([article(1, published_at=LONG_AGO, publisher="Meridian"), article(2, published_at=NOW)])
    index.add([article(3, publisher="MERIDIAN"), article(4, published_at=LONG_AGO, collection="g1")])
    index.add([article(1, MENDED, published_at=LONG_AGO, publisher="Meridian")])
    a_year = timedelta(days=365)
    for chosen, ids in (
        (Retention(older_than=a_year, publisher="nobody"), set()),
        (Retention(older_than=a_year, earlier_versions=True), set()),
        (Retention(older_than=a_year, collection="g1"), {article(4, collection="g1").id}),
        (Retention(older_than=a_year, publisher="meridian"), {ID}),
    ):
        tried = index.keeping.retain(chosen, dry_run=True)
        assert {one.article.id for one in tried.examples} == ids
        assert all(index.show(one) for one in ids)
        assert index.keeping.retain(chosen) == tried
        assert index.keeping.retain(chosen).versions == 0
        assert not any(index.show(one) for one in ids)
    assert found(index) == {(article(2).id, 1), (article(3).id, 1)}
    gone = index.gone(ID, 1)
    assert gone is not None
    assert (gone.how, gone.reason) == (
        "removed",
        "by the rule: articles from more than 365 days ago of meridian",
    )


def test_looking_after_the_archive_applies_the_rules_that_are_kept_and_tells_which_did_something(
    index: NewsIndex,
) -> None:
    index.add([article(1, published_at=LONG_AGO), article(2, published_at=NOW)])
    rule = Retention(older_than=timedelta(days=365))
    number = index.keeping.keep_rule(rule)
    assert index.keeping.keep_rule(Retention(older_than=timedelta(days=365), publisher="nobody")) != number
    assert index.keeping.keep_rule(rule) == number  # it is there already
    assert index.status().retention_rules == 2
    ((told, applied, report),) = index.keeping.tend().retained
    assert (told, applied, report.articles) == (number, rule, 1)
    assert found(index) == {(article(2).id, 1)}
    assert index.keeping.tend().retained == ()


def test_rules_are_looked_at_once_a_day_and_after_one_was_added(index: NewsIndex) -> None:
    index.keeping.keep_rule(Retention(older_than=timedelta(days=365)))
    begun = datetime.now(UTC)
    assert index.keeping.tend(begun).retained == ()
    index.add([article(1, published_at=LONG_AGO)])
    assert index.keeping.tend(begun + timedelta(hours=23)).retained == ()
    assert len(index.keeping.tend(begun + timedelta(hours=24)).retained) == 1
    index.add([article(3, published_at=LONG_AGO)])
    assert index.keeping.tend(begun + timedelta(hours=25)).retained == ()
    assert len(index.keeping.tend(begun).retained) == 1, "a clock that was set back puts nothing off"
    index.add([article(4, published_at=LONG_AGO)])
    index.keeping.keep_rule(Retention(older_than=timedelta(days=300)))
    assert index.keeping.tend(begun + timedelta(minutes=1)).retained != ()


def test_a_rule_for_earlier_versions_leaves_the_articles_and_what_a_reinstatement_needs(index: NewsIndex) -> None:
    for number in (1, 2):
        index.add([article(number, published_at=LONG_AGO)])
        index.add([article(number, MENDED, published_at=LONG_AGO)])
    index.keeping.withdraw([article(2).id])
    rule = Retention(older_than=timedelta(0), earlier_versions=True)
    report = index.keeping.retain(rule)
    assert (report.articles, report.versions, report.characters) == (0, 2, 2 * len(FERRY))
    assert (index.status().earlier_versions, index.status().withdrawn) == (0, 1)
    index.keeping.reinstate([article(2).id])
    assert found(index) == {(article(1).id, 2), (article(2).id, 2)}


def test_a_withdrawn_text_is_as_much_subject_to_retention_as_any(index: NewsIndex) -> None:
    index.add([article(published_at=LONG_AGO)])
    index.keeping.withdraw([ID])
    assert index.keeping.retain(Retention(older_than=timedelta(days=1))).versions == 1
    history = index.history(ID)
    assert history is not None
    assert [type(one) for one in history.versions] == [Gone]
    assert [type(one) for one in history.withdrawals] == [Withdrawal]


def test_a_history_has_every_version_in_order(index: NewsIndex) -> None:
    index.add([article()])
    index.add([article(text=MENDED)])
    history = index.history(ID)
    assert history is not None
    assert [one.version for one in history.versions] == [1, 2]
    first, second = (one for one in history.versions if isinstance(one, StoredArticle))
    assert first.replaced_at is not None
    assert first.added_at <= first.replaced_at == second.added_at
    assert index.history("no such id") is None
    assert index.ids_under(article().url) == index.ids_under(ID) == [ID]
