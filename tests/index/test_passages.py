"""Passages cover the text, are exact slices, keep sentences and quotations whole, and fit the encoder."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import HEADER_TOKENS, SPECIAL_TOKENS, describe, split_article, split_sentences, surroundings
from index.types import Article, Span
from tests.fakes import WordEncoder

COUNT = WordEncoder().count_tokens
MAX_TOKENS = 256

# A letter for each word: hypothesis draws a text at once, and a list of words one by one, many times slower.
WORDS = "the summit talks U.S. Mr. Peskov said Oct. 22 postponed 3.5 Dr. $1.2 p.m. élan 漢字 🙂 No. 1".split()
LETTERS = "abcdefghijklmnopqrs"
PLAIN = st.text(LETTERS, min_size=1, max_size=30).map(
    lambda letters: " ".join(WORDS[LETTERS.index(letter)] for letter in letters).capitalize() + "."
)
QUOTED = st.lists(PLAIN, min_size=1, max_size=3).map(lambda sentences: f"“{' '.join(sentences)}” he said.")
STRAIGHT = st.lists(PLAIN, min_size=1, max_size=3).map(lambda sentences: f'"{" ".join(sentences)}" she said.')
PARAGRAPH = st.lists(st.one_of(PLAIN, QUOTED, STRAIGHT), min_size=1, max_size=6).map(" ".join)
HEADING = st.sampled_from(["What Comes Next", "A Long Road", "Reactions"]).map(lambda text: f"## {text}")
BLOCKS = st.lists(st.one_of(PARAGRAPH, PARAGRAPH, HEADING), min_size=1, max_size=8)


def article_of(text: str, headings: tuple[Span, ...] = (), title: str = "Title") -> Article:
    return Article(url="https://a.example/1", title=title, text=text, headings=headings)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text, headings = "", []
    for block in draw(BLOCKS):
        if block.startswith("## "):
            headings.append(Span(len(text), len(text) + len(block) - 3))
        text += block.removeprefix("## ") + "\n\n"
    return article_of(text, tuple(headings))


def split(article: Article, max_tokens: int = MAX_TOKENS) -> list[str]:
    passages = split_article(article, max_tokens=max_tokens, count_tokens=COUNT)
    return [article.text[p.start : p.end] for p in passages]


@given(articles())
def test_passages_hold_every_character_but_white_space_and_headings(article: Article) -> None:
    without_headings = list(article.text)
    for heading in article.headings:
        without_headings[heading.start : heading.end] = " " * (heading.end - heading.start)
    assert "".join("".join(split(article)).split()) == "".join("".join(without_headings).split())


@given(articles())
def test_passages_are_in_order_and_do_not_overlap(article: Article) -> None:
    passages = split_article(article, max_tokens=MAX_TOKENS, count_tokens=COUNT)
    ends = [0, *(p.end for p in passages)]
    assert all(before <= p.start < p.end for before, p in zip(ends, passages, strict=False))


@given(st.text())
def test_any_text_at_all_is_covered(text: str) -> None:
    assert "".join("".join(split(article_of(text))).split()) == "".join(text.split())


@given(articles(), st.integers(60, 256))
def test_no_passage_with_its_header_passes_the_token_limit(article: Article, max_tokens: int) -> None:
    passages = split_article(article, max_tokens=max_tokens, count_tokens=COUNT)
    described = describe(article, passages, COUNT)
    assert all(count + SPECIAL_TOKENS <= max_tokens for count in COUNT(described))


@given(articles())
def test_no_quotation_that_fits_is_cut_in_two(article: Article) -> None:
    passages = split(article)
    limit = MAX_TOKENS - HEADER_TOKENS - SPECIAL_TOKENS
    for sentence in re.findall(r"“[^”]*” he said\.", article.text):
        if COUNT([sentence])[0] <= limit:
            assert any(sentence in passage for passage in passages)


@given(articles())
def test_no_passage_starts_or_ends_inside_a_sentence_that_fits(article: Article) -> None:
    sentences = split_sentences(article)
    starts, ends = {s.start for s in sentences}, {s.end for s in sentences}
    for passage in split_article(article, max_tokens=MAX_TOKENS, count_tokens=COUNT):
        assert passage.start in starts or COUNT([article.text[passage.start : passage.end]])[0] > 150
        assert passage.end in ends or COUNT([article.text[passage.start : passage.end]])[0] > 150


def test_a_heading_is_in_no_passage_and_each_passage_knows_its_own() -> None:
    text = "First part.\n\nWhat Comes Next\n\nSecond part."
    heading = Span(13, 28)
    article = article_of(text, (heading,))
    passages = split_article(article, max_tokens=MAX_TOKENS, count_tokens=COUNT)
    assert [(text[p.start : p.end], p.heading) for p in passages] == [("First part.", None), ("Second part.", heading)]
    assert "What Comes Next" in describe(article, passages, COUNT)[1]


def test_a_link_to_another_story_is_in_no_passage_and_is_nobodys_section() -> None:
    text = "First part.\n\nMore: Celtics win again\n\nSecond part."
    link = Span(13, 36)
    article = article_of(text, (link,))
    passages = split_article(article, max_tokens=MAX_TOKENS, count_tokens=COUNT)
    assert [(text[p.start : p.end], p.heading) for p in passages] == [("First part.", None), ("Second part.", None)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("U.S.–Russia talks began Oct. 22 at 5 p.m. Mr. Lee said so.", 2),
        ("“We won’t go. Not now,” she said. “It is over.” He left the U.S. today.", 3),
        ("Sen. Bob Ray (R-Ala.) agreed. Apple Inc. said the No. 1 phone sold for $1.2 billion.", 2),
        ("According to Ms. Ollins, it rained. Former Rep. Will Hurd agreed.", 2),
        ('"Stop. Now. At once," he cried. She did.', 2),
        ("He said: “A. B. C.” Then he left.", 1),
    ],
)
def test_abbreviations_and_quotations_do_not_end_sentences(text: str, sentences: int) -> None:
    assert len(split_sentences(article_of(text))) == sentences


def test_a_word_without_end_is_cut_to_fit() -> None:
    assert max(COUNT(split(article_of("x" * 10_000)))) <= MAX_TOKENS


def test_a_long_paragraph_of_unclosed_quotations_takes_no_quadratic_time() -> None:
    # A look-ahead to the end of the paragraph for each of them would take minutes.
    assert len(split_sentences(article_of("“Then he went on. " * 10_000))) == 10_000


def test_a_title_longer_than_its_share_is_shortened_in_what_is_encoded() -> None:
    article = article_of("One sentence.", title="word " * 500)
    passages = split_article(article, max_tokens=MAX_TOKENS, count_tokens=COUNT)
    (described,) = describe(article, passages, COUNT)
    assert COUNT([described])[0] <= HEADER_TOKENS + 10


@given(articles(), st.data())
def test_surroundings_hold_the_quote_and_whole_sentences_of_its_section(article: Article, data: st.DataObject) -> None:
    sentences = split_sentences(article)
    if not sentences:
        return
    first = data.draw(st.integers(0, len(sentences) - 1))
    one, more = sentences[first], data.draw(st.integers(0, 3))
    around = surroundings(article, one.start, one.end, sentences=more)
    expected = [s for s in sentences[max(0, first - more) : first + more + 1] if s.section == one.section]
    assert around == Span(expected[0].start, expected[-1].end)


def test_surroundings_stay_in_their_section() -> None:
    text = "Before it. The last one.\nHeading\nThe first one. After it."
    at = text.index("Heading")
    article = article_of(text, (Span(at, at + len("Heading")),))
    start = text.index("The first one.")
    around = surroundings(article, start, start + len("The first one."), sentences=2)
    assert text[around.start : around.end] == "The first one. After it."
