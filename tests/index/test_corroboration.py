"""What several articles say together does not depend on the order, on copies, or on how an answer is worded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.corroboration import Claim, Reported, conflicts, weigh
from index.corroboration.corrections import find_note
from index.corroboration.sameness import differ, holds, same
from index.types import Article, Span

FIRST_DAY = datetime(2025, 10, 20, tzinfo=UTC)
ANSWERS = (
    "Trump Donald_Trump President_Trump Melania_Trump George_Bush Kate_Bush Bush eleven 11_people 12 $7_million 7% "
    "Oct._26 26_October October_26,_2025 Oct._22 Sunday 2025 Budapest Budapest,_Hungary New_York York the_summit"
).split()
answers = st.sampled_from([answer.replace("_", " ") for answer in ANSWERS])


def claim(
    answer: str,
    sentence: str | None = None,
    *,
    outlet: str = "CNN",
    day: int | None = 0,
    p: float = 0.6,
    rest: str = "",
) -> Claim:
    """A claim whose quote is the sentence; `rest` is the text behind it."""
    said = sentence or f"{outlet} has learned from its own people that it was {answer}."
    date = None if day is None else FIRST_DAY + timedelta(days=day)
    url = f"https://{outlet.lower().replace(' ', '')}.example/{day}"
    article = Article(url, "Ferry off Cebu", said + rest, publisher=outlet, published_at=date)
    return Claim(answer, Span(0, len(said)), article, p)


def wire(outlet: str, day: int = 0, answer: str = "11 people", p: float = 0.6) -> Claim:
    """A claim from a wire story that the outlet carries."""
    text = (
        f"{answer} died when a ferry sank in heavy seas off the island of Cebu late on Sunday, the coast guard said. "
        "Divers were still searching the hull, which lies in forty metres of water a mile from the harbour of Danao."
    )
    return claim(answer, text, outlet=outlet, day=day, p=p)


claims = st.lists(
    st.builds(
        lambda answer, outlet, day, p, is_wire: (
            wire(outlet, day, answer, p) if is_wire else claim(answer, outlet=outlet, day=day, p=p)
        ),
        answers,
        st.sampled_from(["CNN", "BBC", "The Week", "USA TODAY"]),
        st.integers(0, 40),
        st.floats(0, 1),
        st.booleans(),
    ),
    max_size=8,
)


@given(answers, answers)
def test_sameness_is_symmetric(one: str, other: str) -> None:
    assert same(one, other) == same(other, one)
    assert differ(one, other) == differ(other, one)


@given(answers, answers)
def test_an_answer_is_the_same_as_itself_and_nothing_is_the_same_and_different(one: str, other: str) -> None:
    assert same(one, one)
    assert not (same(one, other) and differ(one, other))


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert same(one, other) == same(other, one)
    assert not (same(one, other) and differ(one, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trump", "Donald Trump"),
        ("President Donald Trump", "Trump’s"),
        ("the Kremlin", "Kremlin"),
        ("George Bush", "George W. Bush"),
        ("Xi", "Xi Jinping"),
        ("Volodymyr Zelenskyy", "Zelensky"),
        ("Denmark's Queen Margrethe II", "Margrethe II"),
        ("U.S.", "the United States"),
        ("Budapest, Hungary", "Budapest"),
        ("Beyoncé", "Beyonce"),
        ("eleven", "11"),
        ("11 people", "at least eleven"),
        ("11 people", "11 passengers"),
        ("1.2 million", "1,200,000"),
        ("one hundred and five", "105"),
        ("two dozen", "24"),
        ("$7 million", "US$7m"),
        ("7 million dollars", "$7,000,000"),
        ("52%", "52 per cent"),
        ("Oct. 26", "26 October"),
        ("October 26, 2025", "Sunday, Oct. 26"),
        ("October 26, 2025", "Sunday"),
        ("on Oct. 26", "October 26th"),
        ("in Budapest", "Budapest"),
        ("👍", " 👍"),
        ("low approval ratings", "his low approval ratings"),
    ],
)
def test_wordings_of_one_answer_are_the_same(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("George Bush", "Kate Bush"),
        ("New York", "York"),
        ("White House", "House"),
        ("Bank of America", "America"),
        ("Paris", "Paris Hilton"),
        ("Portland, Oregon", "Portland, Maine"),
        ("Argentina and Chile", "Argentina"),
        ("Trump", "Donald Trump Jr."),
        ("11", "12"),
        ("11 hours", "11 days"),
        ("1.2", "12"),
        ("$7 million", "€7 million"),
        ("Oct. 26", "Oct. 22"),
        ("October 26, 2025", "Monday"),
        ("26", "Oct. 26"),
        ("sign the bill", "not sign the bill"),
        ("chocolate", "dark chocolate"),
        ("next month", "next 6 months"),
        ("Sunday, Nov. 12 at 2 a.m.", "Sunday, Nov. 5 at 2 a.m."),
        ("👍", "😊"),
        ("One Direction", "1"),
    ],
)
def test_other_answers_are_not(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("Trump", "Putin", True),
        ("George Bush", "Kate Bush", True),
        ("Trump", "11", False),
        ("11 people", "14 people", True),
        ("11 people", "14 houses", False),
        ("6 hours", "360 minutes", False),
        ("$7 million", "€6 million", False),
        ("300,000", "298,400", False),
        ("147", "100", True),
        ("Oct. 22", "October 26", True),
        ("Monday", "Tuesday", False),
        ("New York", "New York City", False),
        ("Donald Trump", "Donald Trump Jr.", False),
        ("Japan", "the Japanese", False),
        ("Austria", "Australia", True),
        ("a storm", "the flood", False),
    ],
)
def test_only_figures_dates_and_names_of_one_thing_can_contradict(one: str, other: str, *, answer: bool) -> None:
    assert differ(one, other) is answer


def test_a_text_holds_an_answer_in_any_wording() -> None:
    assert holds("Twelve were hurt, eleven of them badly.", "11 people", beside="12")
    assert holds("It was moved to 26 October.", "Oct. 26", beside="Oct. 22")
    assert not holds("It was moved from October to 22 November.", "Oct. 22", beside="22 November")
    assert holds("Putin told Mr. Trump so.", "Donald Trump", beside="Putin")
    assert not holds("George Bush said so.", "Kate Bush", beside="George Bush")


@given(claims, st.randoms(use_true_random=False))
def test_the_order_of_the_claims_does_not_matter(given_claims: list[Claim], random: Random) -> None:
    shuffled = list(given_claims)
    random.shuffle(shuffled)
    assert weigh(shuffled) == weigh(given_claims)


@given(claims)
def test_every_claim_is_in_one_report_and_support_is_a_probability(given_claims: list[Claim]) -> None:
    reported = weigh(given_claims)
    assert sorted(map(repr, given_claims)) == sorted(repr(c) for r in reported for c in r.claims)
    for report in reported:
        best = max(c.probability for c in report.claims)
        assert best - 1e-9 <= report.support <= 1
        assert report.support <= 1 - (1 - best) ** len(report.claims) + 1e-9
        assert 1 <= len(report.outlets) <= len(report.claims)
        assert all(same(a.answer, b.answer) for a in report.claims for b in report.claims)


@given(claims.filter(bool), st.integers(0, 7), st.sampled_from(["CNN", "BBC", "Kyiv Post"]), st.integers(41, 50))
def test_a_later_copy_never_changes_the_outlets(given_claims: list[Claim], which: int, outlet: str, day: int) -> None:
    original = given_claims[which % len(given_claims)]
    date = FIRST_DAY + timedelta(days=day)
    article = replace(original.article, url="https://copy.example/", publisher=outlet, published_at=date)
    assume(original.article.text.count(" ") > 20)  # a shorter wording does not tell a copy from chance
    copied = weigh([*given_claims, replace(original, article=article)])
    assert _outlets(copied) == _outlets(weigh(given_claims))


def _outlets(reported: Sequence[Reported]) -> set[tuple[tuple[str, ...], str]]:
    return {(r.outlets, min(c.answer for c in r.claims)) for r in reported}


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_probability_or_another_outlet_never_lowers_support(one: float, other: float, more: float) -> None:
    def support(*ps: float) -> float:
        return weigh([claim("11", outlet=name, p=p) for name, p in zip(("CNN", "BBC", "ABC"), ps, strict=False)])[
            0
        ].support

    assert support(one) == pytest.approx(one)
    assert support(one, other) == pytest.approx(1 - (1 - one) * (1 - other))
    assert support(one, other) <= support(one, other, more) + 1e-9
    assert support(min(one, more), other) <= support(max(one, more), other) + 1e-9


def test_outlets_that_report_on_their_own_are_counted_and_a_publisher_once() -> None:
    (report,) = weigh([claim("Trump"), claim("Donald Trump", day=3), claim("Mr. Trump", outlet="BBC", day=1)])
    assert report.outlets == ("CNN", "BBC")


def test_an_outlet_that_hardly_seems_to_say_so_backs_nothing() -> None:
    (report,) = weigh(
        [claim("Trump", p=0.3), claim("Trump", outlet="BBC", p=0.02), claim("Trump", outlet="ABC", p=0.1)]
    )
    assert set(report.outlets) == {"CNN", "ABC"}


def test_copies_of_a_wire_story_are_one_outlet() -> None:
    (report,) = weigh([wire("CNN", day=1), wire("USA TODAY", day=0), wire("The Week", day=2)])
    assert report.outlets == ("USA TODAY",)
    assert report.support == pytest.approx(0.6)


def test_an_edited_wire_story_is_known_by_its_dateline() -> None:
    first = (
        "CEBU, Philippines ({}) — A ferry sank in heavy seas off the island of Cebu late on Sunday, officials said. "
    )
    ends = (
        "Some 11 people died, and the owner of the ship could not be reached in Manila.",
        "The dead were 11 people from two villages, said the mayor, who ordered the flags lowered on Monday.",
    )

    def outlets(agencies: tuple[str, str]) -> int:
        texts = [first.format(agency) + end for agency, end in zip(agencies, ends, strict=True)]
        both = zip(("CNN", "BBC"), texts, strict=True)
        return len(weigh([claim("11 people", text, outlet=name) for name, text in both])[0].outlets)

    assert outlets(("AP", "AP")) == 1
    assert outlets(("AP", "Reuters")) == 2


def test_two_reports_of_one_speech_are_two_outlets() -> None:
    speech = (
        "“I was the first to suggest that we put the meeting off until the time is right for both of us to go there,”"
    )
    one = claim("Trump", f"{speech} President Trump told a crowd in Ohio.", outlet="CNN")
    other = claim("Donald Trump", f"In Dayton on Friday evening Donald Trump put it so: {speech}", outlet="BBC")
    assert len(weigh([one, other])[0].outlets) == 2


def test_an_outlet_without_a_publisher_goes_by_its_host() -> None:
    by_name = claim("11", outlet="CNN")
    by_host = claim("11", "Eleven is what it is.", outlet="x")
    article = replace(by_host.article, publisher=None, url="https://edition.cnn.com/a")
    assert weigh([by_name, replace(by_host, article=article)])[0].outlets == ("CNN",)


def test_files_that_name_no_outlet_count_as_one_at_most() -> None:
    found = [claim("11", outlet=name) for name in ("a", "b")]
    files = [
        replace(c, article=replace(c.article, publisher=None, url=f"file:///{n}.txt")) for n, c in enumerate(found)
    ]
    assert weigh(files)[0].outlets == ("an unnamed outlet",)


def test_a_surname_joins_the_likelier_of_two_full_names() -> None:
    reported = weigh(
        [claim("Bush", outlet="ABC"), claim("Kate Bush", p=0.3), claim("George Bush", outlet="BBC", p=0.5)]
    )
    assert [len(report.claims) for report in reported] == [2, 1]
    assert {c.answer for c in reported[0].claims} == {"Bush", "George Bush"}


@given(claims)
def test_conflicts_begin_with_the_first_and_all_the_others_contradict_it(given_claims: list[Claim]) -> None:
    reported = weigh(given_claims)
    shown = conflicts(reported)
    assert shown[:1] == tuple(reported[:1])
    assert all(differ(shown[0].claims[0].answer, other.claims[0].answer) for other in shown[1:])
    assert set(map(id, shown)) <= set(map(id, reported))


def _conflicting(*given_claims: Claim) -> list[str]:
    return [report.claims[0].answer for report in conflicts(weigh(given_claims))]


def test_a_rising_toll_is_a_conflict() -> None:
    early = claim("11 people", "At least 11 people were killed.", day=0)
    late = claim("14", "The death toll rose to 14 from 11.", outlet="BBC", day=2, p=0.7)
    assert _conflicting(early, late) == ["14", "11 people"]


@pytest.mark.parametrize(
    "rival",
    [
        claim("14", "The death toll is 14.", outlet="BBC", p=0.05),  # little support
        claim("14", "The death toll is 14.", outlet="BBC", day=15),  # another event
        claim("14", "Another 14 were injured.", outlet="BBC"),  # of something else
        claim("14", "Of 14 who went overboard 11 were killed.", outlet="BBC"),  # both are true
        claim("Trump", "Trump killed it.", outlet="BBC"),  # another kind of answer
        claim("eleven", "The dead are eleven.", outlet="BBC"),  # the same
    ],
)
def test_there_is_no_conflict_in_doubt(rival: Claim) -> None:
    assert len(_conflicting(claim("11 people", "At least 11 people were killed."), rival)) == 1


def test_articles_without_a_date_can_conflict() -> None:
    assert _conflicting(claim("Trump", p=0.7), claim("Putin", outlet="BBC", day=None)) == ["Trump", "Putin"]


def test_names_that_belong_together_do_not_conflict() -> None:
    assert _conflicting(claim("Argentina", "Argentina and Chile won."), claim("Chile", outlet="BBC", p=0.5)) == [
        "Argentina"
    ]
    town = claim("Budapest", rest=" It is to be held in Budapest, Hungary, in two weeks.")
    assert _conflicting(town, claim("Hungary", outlet="BBC", p=0.5)) == ["Budapest"]


def test_weighing_nothing_gives_nothing() -> None:
    assert weigh([]) == []
    assert conflicts([]) == ()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Correction: Ferry story", "Eleven died."),
        ("Ferry sinks (corrected)", "Eleven died."),
        ("CORRECTED-Ferry sinks off Cebu", "Eleven died."),
        ("Agency corrects death toll in ferry sinking", "Eleven died."),
        ("Ferry sinks", "Eleven died.\n\nCORRECTION: The island was misnamed."),
        ("Ferry sinks", "Correction, 5 July 2025: The island was misnamed.\n\nEleven died."),
        ("Ferry sinks", "Corrections & clarifications: The island is Cebu.\n\nEleven died."),
        ("Ferry sinks", "Eleven died. An earlier version of this article said twelve."),
        ("Ferry sinks", "Eleven died.\n\nThis story has been updated to correct the toll."),
        ("Ferry sinks", "Eleven died.\n\nThis article was amended on 5 July 2025."),
        ("Ferry sinks", "(Corrects toll in paragraph 1)\n\nEleven died."),
    ],
)
def test_a_correction_says_so_in_its_title_or_in_a_note(title: str, text: str) -> None:
    assert find_note(Article("https://a.example/", title, text))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Head of Department of Corrections resigns", "She ran corrections in Ohio."),
        ("Corrections officer charged", "Correctional staff: he was on leave."),
        ("Market nears correction", "A correction is a fall of ten percent."),
        ("Senate passes bill", "An earlier version of the bill failed."),
        ("Ten summer recipes", "A previous version of this story originally published in 2022."),
        ("Ferry sinks", "This story has been updated with additional developments."),
        (
            "Ferry sinks",
            "Eleven died.\n" * 100 + "An earlier version of this story said twelve.\n" + "It sank.\n" * 200,
        ),
    ],
)
def test_the_word_alone_makes_no_correction(title: str, text: str) -> None:
    assert not find_note(Article("https://a.example/", title, text))


NOTE = "\n\nCorrection: An earlier version of this story said 12 people died."


def test_a_later_correction_goes_first_and_says_so() -> None:
    wrong = [claim("12 people", outlet=name, p=0.9) for name in ("CNN", "BBC")]
    right = claim("11 people", outlet="ABC", day=1, p=0.5, rest=NOTE)
    reported = weigh([*wrong, right])
    assert [(r.claims[0].answer, r.corrected) for r in reported] == [("11 people", True), ("12 people", False)]
    assert conflicts(reported) == (reported[0],)


@pytest.mark.parametrize(
    "right",
    [
        claim("11 people", outlet="ABC", day=-1, p=0.5, rest=NOTE),  # earlier
        claim("11 people", outlet="ABC", day=None, p=0.5, rest=NOTE),  # nobody knows when
        claim("11 people", outlet="ABC", day=1, p=0.1, rest=NOTE),  # hardly a reading
        claim("11 people", outlet="ABC", day=1, p=0.5, rest="\n\nCorrection: A caption misspelled Danao harbour."),
        claim("11 people", outlet="ABC", day=1, p=0.5),  # no correction
        claim("14 people", "An earlier version of this story said 14 people died.", outlet="ABC", day=1, p=0.5),
    ],
)
def test_what_does_not_correct_the_others_does_not_overrule_them(right: Claim) -> None:
    reported = weigh([claim("12 people", p=0.9), right])
    assert [r.claims[0].answer for r in reported] == ["12 people", right.answer]
    assert not any(r.corrected for r in reported)


def test_the_date_of_the_note_counts_when_it_is_later_than_the_article() -> None:
    note = "\n\nCorrection, 5 November 2025: An earlier version of this story said 12 people died."
    right = claim("11 people", outlet="ABC", day=0, p=0.5, rest=note)
    assert weigh([claim("12 people", p=0.9, day=1), right])[0].corrected


def test_a_correction_of_one_answer_does_not_pass_answers_of_another_kind() -> None:
    others = [claim("Trump", p=0.9), claim("12 people", outlet="BBC", p=0.4)]
    reported = weigh([*others, claim("11 people", outlet="ABC", day=1, p=0.3, rest=NOTE)])
    assert [r.claims[0].answer for r in reported] == ["Trump", "11 people", "12 people"]
