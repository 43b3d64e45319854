"""A difference can be read both ways: without what was added it is the old wording, without what went it is the new."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from index.changes import MOST_WORDS, Changes, Field, Piece, changes
from index.passages import split_sentences
from index.types import Article, Span

FERRY = Article(
    "https://a.example/1", "Ferry strikes pier", "The Alma struck the pier. 14 people were hurt. It is open."
)
WORDS = st.sampled_from(["ferry", "pier", "Roth", "said", "14", "hurt", "noon", "“", "”", ","])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(lambda words: " ".join(words) + "."), max_size=6).map(
    " ".join
)


def wording(text: str) -> str:
    return "".join(text.split())


def sentences(article: Article) -> list[str]:
    return [wording(article.text[one.start : one.end]) for one in split_sentences(article)]


@settings(max_examples=60, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_each_change_holds_sentences_of_both_versions_and_nothing_else(before: str, after: str) -> None:
    old, new = replace(FERRY, text=before), replace(FERRY, text=after)
    changed = changes(old, new)
    for one, kept in ((old, ("same", "removed")), (new, ("same", "added"))):
        told = [wording("".join(piece.text for piece in pieces if piece.kind in kept)) for pieces in changed.sentences]
        whole, at = "".join(sentences(one)), 0
        for part in told:
            at = whole.index(part, at) + len(part)
    assert bool(changed.sentences) == (sentences(old) != sentences(new))


def test_only_the_words_that_changed_are_marked() -> None:
    after = replace(FERRY, text=FERRY.text.replace("14", "16"))
    (pieces,) = changes(FERRY, after).sentences
    assert pieces == (Piece("removed", "14 "), Piece("added", "16 "), Piece("same", "people were hurt."))


def test_another_sentence_stands_beside_the_one_that_it_replaces() -> None:
    after = replace(FERRY, text=FERRY.text.replace("14 people were hurt.", "Nobody drowned, says Roth!"))
    (pieces,) = changes(FERRY, after).sentences
    assert pieces == (Piece("removed", "14 people were hurt."), Piece("added", "Nobody drowned, says Roth!"))


def test_fields_and_headings_are_compared_too() -> None:
    day = datetime(2025, 1, 2, tzinfo=UTC)
    after = replace(FERRY, title="Ferry hits pier", published_at=day, headings=(Span(0, 8),))
    changed = changes(FERRY, after)
    assert changed.fields == (
        Field("title", "Ferry strikes pier", "Ferry hits pier"),
        Field("published_at", None, str(day)),
    )
    assert changes(FERRY, FERRY) == Changes((), ())


def test_a_text_that_was_written_anew_is_not_compared_word_by_word() -> None:
    long = " ".join(["word"] * MOST_WORDS)
    (pieces,) = changes(replace(FERRY, text=f"{long} one."), replace(FERRY, text=f"{long} two.")).sentences
    assert [piece.kind for piece in pieces] == ["removed", "added"]
