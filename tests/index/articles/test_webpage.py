"""Saved web pages: the article, what the page states about it, and nothing that is guessed."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from index.types import Article

ReadOne = Callable[[str, str | bytes], Article]
Reason = Callable[[str, str | bytes], str]

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Bridge closes for a year | The Quay Post</title>
<meta property="og:site_name" content="The Quay Post"><meta name="author" content="Mira Holt">{head}</head>
<body><nav><a href="/">Home</a></nav><h1>Bridge closes for a year</h1>{top}
<article><p>The harbour bridge will close on Monday for at least a year, the city said. Engineers found cracks in two of
its piers during a routine inspection in February.</p>
<h2>Ferries all night</h2>
<p>“We could not wait any longer,” said Tom Adeyemi, who heads the works department. Ferries will cross every ten
minutes, day and night, until the work is done.</p>
<p>Traffic for the port is sent over the ring road.<br>Lorries need a permit
for that.</p><p><strong>What it costs</strong></p>
<p>The council has set aside 40 million for the repair. <a href="/x">A second vote</a> is planned for June 12, 2024.</p>
</article><aside>Ferry prices rise</aside><footer>© 2021 The Quay Post. All rights reserved.</footer></body></html>"""
CANONICAL = '<link rel="canonical" href="https://quay.example/2025/03/bridge">'


def page(head: str = "", top: str = "") -> str:
    return PAGE.format(head=head, top=top)


def data(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


def test_the_article_is_taken_out_of_the_page(article: ReadOne) -> None:
    found = article("a.html", page(CANONICAL))
    assert (found.title, found.author, found.publisher) == ("Bridge closes for a year", "Mira Holt", "The Quay Post")
    assert found.url == "https://quay.example/2025/03/bridge"
    assert found.text.startswith("The harbour bridge will close")
    assert found.text.endswith("A second vote is planned for June 12, 2024.")
    for furniture in ("Home", "Ferry prices", "All rights", "Quay Post"):
        assert furniture not in found.text
    assert [found.text[span.start : span.end] for span in found.headings] == ["Ferries all night", "What it costs"]


def test_a_byline_above_the_text_is_not_part_of_it(article: ReadOne) -> None:
    signed = page().replace("<article>", "<article><p>By Mira Holt</p>")
    assert article("a.html", signed).text == article("b.html", page()).text


def test_sentences_stay_whole_across_lines_of_the_source(article: ReadOne) -> None:
    paragraphs = article("a.html", page()).text.split("\n\n")
    assert "Lorries need a permit for that." in paragraphs


@pytest.mark.parametrize(
    ("head", "top"),
    [
        ('<meta property="article:published_time" content="2025-03-04T09:30:00+02:00">', ""),
        (data('{"@type": "NewsArticle", "datePublished": "2025-03-04T07:30:00Z"}'), ""),
        (data('{"@graph": [{"@type": "WebSite"}, {"@type": ["Article"], "datePublished": "2025-03-04T07:30Z"}]}'), ""),
        ("", '<time datetime="2025-03-04T07:30:00Z">4 March</time>'),
    ],
)
def test_a_date_that_the_page_states_is_taken(article: ReadOne, head: str, top: str) -> None:
    assert article("a.html", page(head, top)).published_at == datetime(2025, 3, 4, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "top"),
    [
        ("", ""),
        (CANONICAL, ""),
        ('<meta property="article:modified_time" content="2025-03-04">', ""),
        (data('{"@type": "WebSite", "datePublished": "2001-01-01"}'), ""),
        (data("{broken"), ""),
        ("", '<time datetime="2025-03-04">4</time> <time datetime="2025-03-05">5</time>'),
        ("", "<time datetime='two hours ago'>now</time>"),
    ],
)
def test_no_date_is_guessed_from_addresses_copyright_or_prose(article: ReadOne, head: str, top: str) -> None:
    assert article("a.html", page(head, top)).published_at is None


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<base href="https://quay.example/news/">',
        '<link rel="canonical" href="/relative">',
        '<link rel="canonical" href="https://quay.example/">',
        '<link rel="canonical" href="javascript:alert(1)">',
    ],
)
def test_an_address_that_is_not_the_articles_own_is_not_taken(article: ReadOne, head: str) -> None:
    assert article("a.html", page(head)).url.startswith("file:")


def test_a_declared_encoding_is_honoured(article: ReadOne) -> None:
    latin = page().replace("utf-8", "iso-8859-1").replace("“", "").replace("”", "").replace("Adeyemi", "Adéyemi")
    assert "Adéyemi" in article("a.htm", latin.encode("latin-1")).text


def test_pictures_saved_into_the_page_do_not_make_it_too_long(article: ReadOne) -> None:
    picture = f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 1_000_000}">'
    assert article("a.html", page(top=picture)).text == article("b.html", page()).text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "empty"),
        ("<html><body></body></html>", "no article text"),
        ("<html><body><p>Oh.</p></body></html>", "no article text"),
        (page().encode() + b"\xff", "not UTF-8"),
        (page('<meta property="article:published_time" content="9999-01-01">'), "future"),
        (page().replace("Bridge closes", "Bridge " * 2_000), "title is"),
    ],
)
def test_a_page_without_a_sound_article_is_rejected_in_words(reason: Reason, content: str | bytes, word: str) -> None:
    assert word in reason("a.html", content)


def test_nothing_is_logged_for_a_page_without_an_article(reason: Reason, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        reason("a.html", "<html><body></body></html>")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
