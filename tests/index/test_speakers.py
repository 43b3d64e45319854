"""Who says a quote. Every sentence here is made up for these tests."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.speakers import find_speaker, kind_of_speech, name_speaker


def _spoken(text: str) -> tuple[str, int, int]:
    """The text without its brackets, and where the bracketed part is: the quote asked about."""
    start, end = text.index("[["), text.index("]]") - 2
    return text.replace("[[", "").replace("]]", ""), start, end


def _speaker(marked: str) -> str | None:
    text, start, end = _spoken(marked)
    found = find_speaker(text, start, end)
    return text[slice(*found)] if found else None


def _name(marked: str) -> str | None:
    text, start, end = _spoken(marked)
    found = name_speaker(text, start, end)
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("marked", "speaker"),
    [
        ("[[“The ferry is full,”]] Ines Okafor said.", "Ines Okafor"),
        ('[["The ferry is full,"]] said harbour master Ines Okafor, who has run it since May.', "Ines Okafor"),
        ("[[“The ferry is full,”]] said Okafor, the harbour master.", "Okafor"),
        ("[[“The ferry is full,”]] Okafor, 51, a sailor from Ghent, told reporters on Monday.", "Okafor"),
        ("[[“The ferry is full,”]] Sen. Ines Okafor (D-Ohio) said in a statement.", "Ines Okafor"),
        ("[[“Where do the buses stop?”]] a police spokesman asked.", "a police spokesman"),
        ("[[“The ferry is full,”]] according to the port authority.", "the port authority"),
        ("[[“The ferry is full,”]] the mayor, Tom Brandt, said.", "Tom Brandt"),
        ("On Tuesday, Brandt told the council: [[“We are broke.”]]", "Brandt"),
        ("Brandt, who once ran a bakery, wrote that [[“bread comes before bridges.”]]", "Brandt"),
        ("According to Brandt, [[“the bridge will hold for years.”]]", "Brandt"),
        ("Brandt opposed the plan on Friday, calling it [[“a bridge to nobody.”]]", "Brandt"),
        ("Brandt said he was tired, adding: [[“I will go home now.”]]", "Brandt"),
    ],
)
def test_a_quotation_is_said_by_the_subject_of_its_verb_of_saying(marked: str, speaker: str) -> None:
    assert _speaker(marked) == speaker


@pytest.mark.parametrize(
    ("marked", "speaker"),
    [
        ("“The ferry is full,” Okafor said. [[“Take the bus.”]]", "Okafor"),
        ("“The ferry is full,” Okafor said, [[“and the bus is late.”]]", "Okafor"),
        ("“The ferry [[is full. It left at noon]]. Take the bus,” Okafor said.", "Okafor"),
        ("Okafor said: “The ferry is full.\n\n[[“And the bus is late.”]]", "Okafor"),
        ("Okafor had one request:\n\n“None,” she said. [[“Nothing at all for me.”]]", "she"),
    ],
)
def test_a_quotation_goes_on_with_its_speaker(marked: str, speaker: str) -> None:
    assert _speaker(marked) == speaker


@pytest.mark.parametrize(
    ("marked", "speaker"),
    [
        (
            "[[It was Donald Trump who first suggested it, Kremlin spokesman Dmitry Peskov said on Sunday.]]",
            "Dmitry Peskov",
        ),
        (
            "[[It was Trump who asked first, and Putin agreed, the Kremlin’s spokesman, Dmitry Peskov, said.]]",
            "Dmitry Peskov",
        ),
        ("[[The remarks came from Kremlin spokesman Dmitry Peskov, who said Trump had asked first.]]", "Dmitry Peskov"),
        ("[[Okafor said the ferry would sail again in June.]]", "Okafor"),
        ("[[In a letter to the port, Okafor announced that the ferry would sail again.]]", "Okafor"),
        ("[[The ferry will sail again, Okafor told the council on Monday.]]", "Okafor"),
        ("[[The ferry, Okafor said, will sail again.]]", "Okafor"),
        ("[[The ferry will sail again, said Ines Okafor, the harbour master.]]", "Ines Okafor"),
        ("[[The ferry will sail again, according to Okafor.]]", "Okafor"),
        ("[[According to Okafor, the ferry will sail again.]]", "Okafor"),
        ("[[“The ferry is full,” Okafor said on Monday.]]", "Okafor"),
        ("[[Okafor said that the ferry was “as full as a tin.”]]", "Okafor"),
    ],
)
def test_a_whole_sentence_is_said_by_whom_it_is_reported_of(marked: str, speaker: str) -> None:
    assert _speaker(marked) == speaker


@pytest.mark.parametrize(
    "marked",
    [
        "[[The ferry left the harbour at noon with forty people aboard.]]",
        "[[Okafor bought the ferry in May and painted it blue.]]",
        "[[The “green” ferry burns more oil than the old one did.]]",
        "[[Okafor wrote “All the Blue Boats” in a winter.]]",
        "[[Okafor did not say when the ferry would sail again.]]",
        "[[Okafor said the ferry was full, but Brandt said it was empty.]]",
        "[[Okafor said the ferry was full. The bus left at noon.]]",
        "Brandt was asked: [[“Where does the ferry stop today?”]]",
        "[[“Where does the ferry stop on Sundays?”]]",
        "The crowd grew. [[“Ships, ships and more ships.”]] Brandt said nothing.",
        "[[In May, Okafor testified in court.]]",
        "[[He was held for a day and told he would be heard.]]",
        "[[This week, sailors demanded to be paid.]]",
        "[[An account also undermined claims by Brandt that the ferry was full.]]",
    ],
)
def test_narration_and_doubt_have_no_speaker(marked: str) -> None:
    assert _speaker(marked) is None
    assert _name(marked) is None


def test_a_denied_saying_is_not_a_saying() -> None:
    assert _speaker("Okafor never said [[“the ferry is for sale to anyone.”]]") is None


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("“It is full,” Tom Brandt said.\n\n[[“Take the bus,”]] he added.", "Tom Brandt"),
        ("Tom Brandt said it was full. Brandt was late.\n\n[[“Take the bus,”]] he added.", "Tom Brandt"),
        ("Ines Okafor runs the port. [[“It is full,”]] Okafor said.", "Ines Okafor"),
        ("[[“It is full,”]] a police spokesman said.", "a police spokesman"),
        ("Tom Brandt and Eva Brandt came. [[“It is full,”]] Brandt said.", "Brandt"),
    ],
)
def test_the_name_shown_is_the_full_one_that_the_text_gives(marked: str, name: str) -> None:
    assert _name(marked) == name


@pytest.mark.parametrize(
    "marked",
    [
        "[[“Take the bus,”]] he added.",
        "“It is full,” Mary Brandt said.\n\n[[“Take the bus,”]] he added.",
        "“It is full,” the Harbour Office said.\n\n[[“Take the bus,”]] he added.",
        "“It is full,” Tom Brandt said.\n\nShe left.\n\n[[“Take the bus,”]] he added.",
        "“It is full,” Tom Brandt said.\n\nA.\n\nB.\n\nC.\n\n[[“Take the bus,”]] he added.",
        "[[“Take the bus,”]] they said.",
    ],
)
def test_a_pronoun_that_could_be_anybody_has_no_name(marked: str) -> None:
    assert _name(marked) is None


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("[[“The ferry is full,”]] Okafor said.", "direct"),
        ("[[“The ferry is full,” Okafor said.]]", "direct"),
        ("[[Okafor said: “The ferry is full.”]]", "direct"),
        ("[[Okafor said that the ferry was “as full as a tin.”]]", "partial"),
        ("[[Okafor said that the ferry was full.]]", "indirect"),
        ("[[The “green” ferry burns more oil than the old one did.]]", None),
        ("[[The ferry was full.]]", None),
    ],
)
def test_direct_partial_and_indirect_speech_are_told_apart(marked: str, kind: str | None) -> None:
    assert kind_of_speech(*_spoken(marked)) == kind


_WORDS = "he|who|that|and|told|said|adding|the mayor,|the port of|Tom Brandt|According to"
_MARKS = '“It is full,”|“Go home.”|“|”|"|.|,|:|—|(|)|\n|\n\n'
_PIECES = st.lists(st.sampled_from(f"{_WORDS}|{_MARKS}".split("|")), max_size=30).map(" ".join)


@given(_PIECES, st.data())
def test_a_speaker_is_a_range_of_the_text_without_white_space_around_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for found in (find_speaker(text, start, end), name_speaker(text, start, end)):
        if found is not None:
            assert 0 <= found[0] < found[1] <= len(text)
            assert text[slice(*found)].strip() == text[slice(*found)]


@given(_PIECES)
def test_words_in_quotation_marks_never_name_their_speaker(before: str) -> None:
    text = f"{before}\n“Tom Brandt said Eva Lind was here,” Okafor said."
    start = text.rindex("“")
    found = find_speaker(text, start, text.rindex("”") + 1)
    assert found is not None
    assert text[slice(*found)] == "Okafor"


@given(_PIECES, st.integers(0, 50), st.integers(0, 50))
def test_the_same_question_has_the_same_answer(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    assert find_speaker(text, start, end) == find_speaker(text, start, end)


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_any_text_can_be_asked_about(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    kind_of_speech(text, start, end)
    name_speaker(text, start, end)


@pytest.mark.parametrize("piece", ["A", "“", '"', "said ", "“a” ", "he, ", "and ", "(", ", who said ", "A. "])
def test_no_text_takes_long(piece: str) -> None:
    text = piece * 20_000
    began = time.process_time()
    find_speaker(text, 10_000, 10_050)
    name_speaker(text, 10_000, 10_050)
    assert time.process_time() - began < 2
