"""Who wrote an article, as its dateline and its credits name them."""

import pytest

from index.stories import agency_of, outlet_key, outlet_of
from index.types import Article

BODY = "A ferry struck the pier on Friday."


def article(text: str, publisher: str | None = "The Quay Post", author: str | None = None) -> Article:
    return Article("https://quay.example/1", "Ferry", text, publisher=publisher, author=author)


@pytest.mark.parametrize(
    ("text", "author", "agency"),
    [
        (f"WASHINGTON (AP) — {BODY}", None, "AP"),
        (f"WASHINGTON (The Associated Press) - {BODY}", None, "AP"),
        (f"LONDON, Oct 26 (Reuters) - {BODY}", None, "Reuters"),
        (f"LONDON (REUTERS) – {BODY}", None, "Reuters"),
        (f"Paris (AFP) – {BODY}", None, "AFP"),
        (f"By Jane Doe\n\nPORT ALDER (Northern Wire) — {BODY}", None, "Northern Wire"),
        (f"PORT ALDER, Caldria (Northern Wire) -- {BODY}", None, "Northern Wire"),
        (BODY, "Jane Doe, Associated Press", "AP"),
        (BODY, "Reuters", "Reuters"),
        (BODY, "Jane Doe", None),
        (f"PORT ALDER (The Quay Post) — {BODY}", None, None),  # its own reporter
        (f"PORT ALDER — {BODY}", None, None),
        ("The party (Greens) — founded in 1980 — won.", None, None),
        (f"{BODY} " * 30 + "WASHINGTON (AP) — not at the top.", None, None),
    ],
)
def test_a_dateline_or_a_credit_names_the_agency(text: str, author: str | None, agency: str | None) -> None:
    assert agency_of(article(text, author=author)) == agency


def test_an_agency_names_itself() -> None:
    assert agency_of(article(BODY, publisher="Associated Press")) == "AP"


def test_an_outlet_is_its_publisher_or_its_host_and_both_have_one_key() -> None:
    assert outlet_of("CNN", "https://edition.cnn.com/a") == "CNN"
    assert outlet_of(None, "https://www.cnn.com/a") == "cnn.com"
    assert outlet_of(None, "file:///a.txt") == "an unnamed outlet"
    assert len({outlet_key(name) for name in ("CNN", "cnn.com", "edition.cnn.com")}) == 1
    assert outlet_key("The Week") == outlet_key("week.co.uk")
