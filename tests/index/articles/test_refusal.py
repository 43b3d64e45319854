"""What is no article is refused with its reason, and nothing that may be one."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import read_sources
from index.articles.refusal import why_no_article
from index.types import Article

Reason = Callable[[str, str | bytes], str]
ReadOne = Callable[[str, str | bytes], Article]
SAMPLES = Path(__file__).parents[3] / "samples" / "articles"
REPORT = (
    "The harbour bridge will close on Monday for at least a year, the city said. Engineers found cracks in two of its "
    "piers during a routine inspection in February, and the works department does not want to wait any longer."
)

CONSENT = (
    "We value your privacy",
    "We and our 840 partners store and access information on your device, such as cookies, and process personal data.",
    "You can accept or manage your choices by clicking below, including your right to object to legitimate interests.",
    "Accept all",
    "Manage preferences",
)
REGISTRATION = (
    "We will use what you have told us to manage your registration, as described in our Privacy Policy.",
    "Would you like to receive our newsletter?",
    "We rely on legitimate interest to tell you of similar products. You can read more in our Privacy Policy.",
)
GERMAN = (
    "Wir und unsere Partner verwenden Cookies, um Inhalte und Anzeigen zu messen.",
    "Sie können Ihre Einwilligung jederzeit widerrufen.",
    "Alle akzeptieren",
)


@pytest.mark.parametrize(
    ("title", "lines", "reason"),
    [
        ("The Quay Post", CONSENT, "consent"),
        ("Bridge closes for a year", REGISTRATION, "consent"),
        ("Quay Post", GERMAN, "consent"),
        ("Before you continue to the Quay", ("Accept all", "Reject all", "We use cookies and data to"), "consent"),
        ("Just a moment...", ("Verifying you are human. This may take a few seconds.",), "no article"),
        ("404 Not Found", ("The page that you want is not here.", "nginx"), "no article"),
        ("Page not found | The Quay Post", ("Try the search.",), "no article"),
        ("The Quay Post", ("Please enable JavaScript to view this page.", "Thank you."), "no article"),
        ("Access Denied", ("You don't have permission to access this server.",), "no article"),
        ("Seite nicht gefunden", ("Leider gibt es diese Seite nicht.",), "no article"),
        (
            "Bridge closes for a year",
            (REPORT, "Subscribe to continue reading", "Already a subscriber? Sign in"),
            "subscribers",
        ),
        ("Bridge closes", (REPORT, "This article is only available to our subscribers."), "subscribers"),
        ("Bridge closes", (REPORT, "You have reached your limit of free articles."), "subscribers"),
        ("Subscribe to read | The Quay Post", (REPORT,), "subscribers"),
        (
            "Le pont ferme",
            (REPORT, "Article réservé aux abonnés", "Il vous reste 85 % de cet article à lire."),
            "subscribers",
        ),
        ("Live: storm reaches the coast", ("10:05", "Storm live", "09:58", "Updates"), "ticker"),
        ("Derby live blog | The Quay Post", ("Ostby 0-0 Velm", "Kick-off 3 p.m."), "ticker"),
        (
            "Sport",
            tuple(line for n in range(8) for line in (f"Headline number {n} of the day", "3 hours ago", "4 min read")),
            "lists other",
        ),
    ],
)
def test_what_is_no_article_is_refused_with_a_reason(title: str, lines: Sequence[str], reason: str) -> None:
    assert reason in (why_no_article(title, lines) or "")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        (
            "Regulator fines shop over cookies",
            (REPORT, "“We use cookies on every page,” the shop said.", REPORT, REPORT),
        ),
        ("Access denied: reporters kept out of court", (REPORT,)),
        ("Page not found", (REPORT, REPORT, REPORT, REPORT, REPORT)),  # a film of that name
        ("Publishers ask readers to subscribe", (REPORT, REPORT, REPORT, "Subscribe to continue supporting our work.")),
        ("She was already a member", (REPORT, "Holt, who was already a member of the board, will lead it.")),
        ("How we live", (REPORT,)),
        ("Live updates: storm reaches the coast", (REPORT, "10:05", REPORT)),
        ("Winners of the harbour prizes", [f"Best pier: town {n}" for n in range(60)]),
        ("Five stories of the week", (REPORT, "Read more", REPORT, "Read more", REPORT, "3 hours ago")),
        ("Bridge closed", ("The bridge is closed until Monday.",)),
    ],
)
def test_what_may_be_an_article_is_taken(title: str, lines: Sequence[str]) -> None:
    assert why_no_article(title, lines) is None


def test_no_sample_is_refused() -> None:
    found = list(read_sources([str(SAMPLES)]))
    assert len(found) == 47
    assert all(isinstance(one, Article) for one in found)


@given(
    title=st.text(max_size=80),
    lines=st.lists(
        st.text(max_size=120) | st.sampled_from([*CONSENT, *REGISTRATION, "Read more", "2 hours ago"]), max_size=12
    ),
)
def test_a_page_of_prose_is_never_refused_whatever_else_is_on_it(title: str, lines: list[str]) -> None:
    assert why_no_article(title, [*lines, *[REPORT] * 40]) is None


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl"])
def test_every_reader_refuses(reason: Reason, name: str) -> None:
    text = f"Bridge closes for a year\n\n{REPORT}\n\nSubscribe to continue reading this article today."
    html = "".join(f"<p>{line}</p>" for line in text.split("\n\n")[1:])
    page = f"<html><head><title>Bridge closes for a year</title></head><body><article>{html}</article></body></html>"
    content = {"a.html": page, "a.jsonl": json.dumps({"url": "https://q.example/1", "title": "Bridge", "text": text})}
    assert "subscribers" in reason(name, content.get(name, text))


def teaser(number: int, tag: str) -> str:
    return (
        f'<{tag}><h2><a href="/2025/{number}">The council decides on matter number {number}</a></h2>'
        f"<p>After a long debate the council has voted on matter number {number}, and not all like it.</p></{tag}>"
    )


def section(head: str = "", tag: str = "article") -> str:
    teasers = "".join(teaser(number, tag) for number in range(12))
    return f"<html><head><title>News</title>{head}</head><body><main>{teasers}</main></body></html>"


SAYS_ARTICLE = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'


@pytest.mark.parametrize("tag", ["article", "div"])
def test_a_section_page_is_refused_unless_it_says_that_it_is_an_article(
    reason: Reason, article: ReadOne, tag: str
) -> None:
    for head in ("", SAYS_ARTICLE.replace("NewsArticle", "CollectionPage")):
        assert "lists other articles" in reason("a.html", section(head, tag))
    assert "matter number 0" in article("a.html", section(SAYS_ARTICLE, tag)).text


def test_headlines_may_stand_within_their_links(reason: Reason) -> None:
    page = section(tag="div")
    page = re.sub(r'<h2>(<a href="[^"]+">)([^<]+)</a></h2>', r"\1<h2>\2</h2></a>", page)
    assert "lists other articles" in reason("a.html", page)


def test_a_list_of_things_elsewhere_is_an_article(article: ReadOne) -> None:
    page = section()
    for number in range(12):
        page = page.replace(f'"/2025/{number}"', f'"https://shop{number}.example/"')
    assert "matter number 3" in article("a.html", page).text


def test_an_article_with_links_to_others_is_taken(article: ReadOne) -> None:
    links = "".join(f'<p><a href="/{n}">Another story with number {n} in it</a></p>' for n in range(6))
    body = "".join(f"<p>{REPORT} It was report number {n}.</p>" for n in range(12))
    page = f"<html><head><title>Bridge</title></head><body><article>{body}{links}</article></body></html>"
    assert "report number 11" in article("a.html", page).text


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("{{ article.published }}", "out of a template"),
        ("YYYY-MM-DD", "out of a template"),
        ("<%= date %>", "out of a template"),
        ("1970-01-01T00:00:00Z", "where none was filled in"),
        ("1969-12-31T19:00:00-05:00", "where none was filled in"),
        ("1900-01-01", "where none was filled in"),
        ("2099-01-01", "in the future"),
        ("0001-01-01", "before there were newspapers"),
    ],
)
def test_a_page_with_an_impossible_date_is_refused(reason: Reason, date: str, why: str) -> None:
    body = "".join(f"<p>{REPORT} It was report number {n}.</p>" for n in range(5))
    meta = f'<meta property="article:published_time" content="{date.replace("<", "&lt;")}">'
    page = f"<html><head><title>Bridge</title>{meta}</head><body><article>{body}</article></body></html>"
    assert why in reason("a.html", page)
