"""Only articles in the languages that are wanted; the wall to py3langid."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from index.types import Article, Rejection

SURE = 0.95  # of a probability: below it a text counts as what is wanted
FEWEST_LETTERS = 60  # of a text that tells its language
READ_CHARS = 3_000  # from the middle: first lines hold places and names


def only_in(languages: Sequence[str], articles: Iterable[Article | Rejection]) -> Iterator[Article | Rejection]:
    """The articles, with a rejection in the place of each that is surely in another language. None named: all pass.

    `languages` are ISO 639-1 codes, such as "en".
    """
    for article in articles:
        found = language_of(article.text) if languages and isinstance(article, Article) else None
        if found is None or found in languages or isinstance(article, Rejection):
            yield article
        else:
            yield Rejection(article.url, f"is in the language {found!r}; {', '.join(languages)} is wanted")


def parse_languages(raw: str) -> tuple[str, ...]:
    """The codes in a setting such as "en, de".

    Raises:
        ValueError: one is no code of a language that can be told from others; the message says so.
    """
    codes = tuple(code.strip().lower() for code in raw.split(",") if code.strip())
    known = frozenset(_identifier().labels) if codes else frozenset()
    if unknown := [code for code in codes if code not in known]:
        raise ValueError(f"{unknown[0]!r} is no language that is known: write codes such as en,de with commas between")
    return codes


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that the text is written in, if it surely is."""
    if sum(map(str.isalpha, text[: 10 * FEWEST_LETTERS])) < FEWEST_LETTERS:
        return None
    start = max(0, (len(text) - READ_CHARS) // 2)
    code, probability = _identifier().classify(text[start : start + READ_CHARS])
    return code if probability >= SURE else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - loads in a second, if a language is set

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
