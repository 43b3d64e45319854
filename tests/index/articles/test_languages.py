"""Only articles in the languages that are wanted, and none refused in doubt."""

import pytest

from index.articles import only_in, parse_languages
from index.articles.languages import language_of
from index.types import Article, Rejection

TEXTS = {
    "en": "The harbour bridge will close on Monday for a year, the city said after engineers had found cracks.",
    "de": "Die Hafenbrücke wird ab Montag für ein Jahr gesperrt, teilte die Stadt mit, weil es Risse gibt.",
    "es": "El puente del puerto cerrará el lunes durante un año, dijo el ayuntamiento tras encontrar grietas.",
    "fr": "Le pont du port fermera lundi pour un an, a annoncé la ville après la découverte de fissures.",
}


def articles() -> list[Article]:
    return [Article(f"https://quay.example/{code}", code, text) for code, text in TEXTS.items()]


@pytest.mark.parametrize("code", TEXTS)
def test_a_language_is_told(code: str) -> None:
    assert language_of(TEXTS[code]) == code


def test_articles_in_other_languages_are_rejected_by_name_and_the_others_stay_in_order() -> None:
    earlier = Rejection("x.txt", "is empty")
    first, *found = only_in(("en", "fr"), [earlier, *articles()])
    assert first == earlier
    assert [one.title for one in found if isinstance(one, Article)] == ["en", "fr"]
    german, spanish = (one for one in found if isinstance(one, Rejection))
    assert (german.source, german.reason) == ("https://quay.example/de", "is in the language 'de'; en, fr is wanted")
    assert "'es'" in spanish.reason


def test_without_a_setting_all_languages_are_taken() -> None:
    assert list(only_in((), articles())) == articles()


def test_what_is_too_short_or_mixed_to_tell_is_taken() -> None:
    names = "Müller 3, García 2, Dupont 1. " * 8
    for text in ("Brücke gesperrt.", "12 : 14", names):
        doubtful = Article("https://quay.example/x", "x", text)
        assert list(only_in(("en",), [doubtful])) == [doubtful]


def test_codes_are_read_with_commas_between_and_unknown_ones_are_named() -> None:
    assert parse_languages(" EN, de,") == ("en", "de")
    assert parse_languages("") == ()
    with pytest.raises(ValueError, match="'english'"):
        parse_languages("english")
