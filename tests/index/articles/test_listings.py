"""Feeds and sitemaps as the world writes them, and as nobody should: nothing in them is expanded, opened or trusted."""

import gzip
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Entry, Fetcher, Unreadable, discover, feeds_named, read_sources
from index.articles.fetching import Page
from index.articles.fetching.exchange import MAX_BODY_BYTES
from index.articles.listings import kind_of, listing_text
from index.types import Article, Rejection
from tests.index.articles.site import STORY, Answer, Site, page, redirect, serving
from tests.index.articles.test_fetching import HEAD, drip, private_but_for_the_site

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title>{}</feed>"
RSS = "<rss version='2.0'><channel><title>Wire</title>{}</channel></rss>"
SITEMAP = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</urlset>"
INDEX = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</sitemapindex>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        found.answers["/story"] = page()
        yield found


def xml(body: str | bytes, media_type: str = "application/xml", **headers: str) -> Answer:
    return page(body, 200, **{"Content_Type": media_type} | headers)


def entries(site: Site, body: str | bytes, media_type: str = "application/xml") -> tuple[Entry, ...]:
    site.answers["/list"] = xml(body, media_type)
    found = discover(site.url("/list"), Fetcher(site.rules()), now=NOW)
    assert found is not None
    return found.entries


def why(site: Site, answer: Answer, **rules: object) -> str:
    site.answers["/list"] = answer
    with pytest.raises(Unreadable) as caught:
        discover(site.url("/list"), Fetcher(site.rules(**rules)), now=NOW)
    return str(caught.value)


@pytest.mark.parametrize("media_type", ["application/rss+xml", "text/xml", "text/html", "text/plain"])
def test_a_feed_is_told_by_what_it_is_and_not_by_what_its_server_calls_it(site: Site, media_type: str) -> None:
    body = RSS.format("<item><link>/a</link><pubDate>Wed, 14 Jan 2026 10:00:00 GMT</pubDate></item>")
    moment = datetime(2026, 1, 14, 10, tzinfo=UTC)
    for text in (body, f"\ufeff<?xml version='1.0' encoding='utf-8'?>\n<!-- made by hand -->\n{body}"):
        assert entries(site, text, media_type) == (Entry(site.url("/a"), moment, moment),)


def test_what_feeds_say_of_a_page_is_taken_as_they_say_it(site: Site) -> None:
    first = "<entry><link href='/a#top'/><updated>2026-01-14T10:00:00+02:00</updated></entry>"
    rest = "<entry><link href='https://b.example/ü'/><published>2026-01-13</published></entry><entry><title>x</title></entry>"
    assert entries(site, ATOM.format(first + rest)) == (
        Entry(site.url("/a"), datetime(2026, 1, 14, 8, tzinfo=UTC)),
        Entry("https://b.example/%C3%BC", datetime(2026, 1, 13, tzinfo=UTC), datetime(2026, 1, 13, tzinfo=UTC)),
    )


def test_a_date_that_cannot_be_is_none(site: Site) -> None:
    late = "<entry><link href='/a'/><updated>2999-01-01T00:00:00Z</updated></entry>"
    early = "<entry><link href='/b'/><updated>0001-01-01T00:00:00Z</updated></entry>"
    assert {entry.updated_at for entry in entries(site, ATOM.format(late + early))} == {None}


def test_a_news_sitemap_tells_dates_and_the_publisher(site: Site) -> None:
    news = (
        "<url><loc>{}</loc><n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><n:publication>"
        "<n:name>The Post</n:name><n:language>en</n:language></n:publication>"
        "<n:publication_date>2026-01-14T10:00:00Z</n:publication_date><n:title>T</n:title></n:news>"
        "<i:image xmlns:i='http://www.google.com/schemas/sitemap-image/1.1'><i:loc>/i.png</i:loc></i:image></url>"
    )
    moment = datetime(2026, 1, 14, 10, tzinfo=UTC)
    old = "<url><loc>/old</loc><lastmod>2025-01-01</lastmod></url>"
    assert entries(site, SITEMAP.format(old + news.format(site.url("/a")))) == (
        Entry(site.url("/a"), moment, moment, "The Post"),
        Entry(site.url("/old"), datetime(2025, 1, 1, tzinfo=UTC)),
    )


def test_a_sitemap_may_be_a_gzip_file_and_stand_in_an_index(site: Site) -> None:
    site.answers["/one.xml.gz"] = xml(
        gzip.compress(SITEMAP.format("<url><loc>/a</loc></url>").encode()), "application/gzip"
    )
    site.answers["/two.xml"] = xml(SITEMAP.format("<url><loc>/b</loc></url>"))
    site.answers["/page"] = page()
    names = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in ("/one.xml.gz", "/two.xml", "/page", "/none"))
    site.answers["/list"] = xml(INDEX.format(names))
    found = discover(site.url("/list"), Fetcher(site.rules()), now=NOW)
    assert found is not None
    assert {entry.url for entry in found.entries} == {site.url("/a"), site.url("/b")}
    assert {one.source: one.reason for one in found.rejected} == {
        site.url("/page"): "is no sitemap",
        site.url("/none"): "is not there (404)",
    }


def test_an_index_is_read_again_for_what_has_changed_inside(site: Site) -> None:
    def answer(body: str, etag: str) -> Answer:
        def conditional(handler: object) -> None:
            same = handler.headers.get("If-None-Match") == etag  # type: ignore[attr-defined]  # the server's own
            (page("", 304, Content_Length="", ETag=etag) if same else xml(body, ETag=etag))(handler)  # type: ignore[arg-type]

        return conditional

    site.answers["/list"] = answer(INDEX.format("<sitemap><loc>/in.xml</loc></sitemap>"), '"1"')
    site.answers["/in.xml"] = answer(SITEMAP.format("<url><loc>/a</loc></url>"), '"1"')
    first = discover(site.url("/list"), Fetcher(site.rules()), now=NOW)
    assert first is not None
    again = discover(site.url("/list"), Fetcher(site.rules()), now=NOW, known=first.validators)
    assert again is not None
    assert (len(first.entries), len(again.entries), again.validators) == (1, 0, first.validators)
    site.answers["/in.xml"] = answer(SITEMAP.format("<url><loc>/b</loc></url>"), '"2"')
    third = discover(site.url("/list"), Fetcher(site.rules()), now=NOW, known=again.validators)
    assert third is not None
    assert [entry.url for entry in third.entries] == [site.url("/b")]


@pytest.mark.parametrize("shell", [ATOM, RSS, SITEMAP, INDEX])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_billion_laughs_are_refused_before_the_first(site: Site, shell: str, encoding: str) -> None:
    body = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>' + shell.format("&l29;")
    assert "entities of its own" in why(site, xml(body.encode(encoding)))


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "http://169.254.169.254/"> %x;',
        '<!ENTITY x "y">',
    ],
)
def test_no_entity_is_read_from_anywhere(site: Site, declared: str) -> None:
    body = f"<!DOCTYPE rss [{declared}]>" + RSS.format("<item><link>/a</link><title>&x;</title></item>")
    assert "entities of its own" in why(site, xml(body))
    assert site.paths == ["/list"]


def test_a_document_type_that_is_only_named_is_nobodys_business(site: Site) -> None:
    head = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://169.254.169.254/rss.dtd">'
    assert entries(site, head + RSS.format("<item><link>/a</link></item>")) == (Entry(site.url("/a")),)
    assert site.paths == ["/list"]


@pytest.mark.parametrize(
    "answer",
    [
        xml(b"<rss>" + b"a" * MAX_BODY_BYTES),
        drip(HEAD.replace(b"text/html", b"text/xml") + b"\r\n", b"<item>" * 20_000),
        xml(gzip.compress(bytes(200_000_000), 1), Content_Encoding="gzip"),
        xml(gzip.compress(b" " * 200_000_000, 1), "application/gzip"),
    ],
    ids=["large", "endless", "bomb", "bomb in a file"],
)
def test_a_feed_beyond_the_limit_is_refused_and_never_held(site: Site, answer: Answer) -> None:
    assert why(site, answer) == "is larger than 5 MB"


def test_a_feed_that_leads_to_a_machine_that_is_not_public_is_refused(site: Site) -> None:
    rules = {"hosts": ("*",), "ports": frozenset({site.port, 80}), "resolve": private_but_for_the_site}
    assert "not on the public internet" in why(site, redirect("http://169.254.169.254/feed"), **rules)


def test_links_that_lead_to_what_is_not_public_or_no_page_are_rejected_and_the_others_go_on(site: Site) -> None:
    links = ["http://127.0.0.1/a", "http://private.example/a", "file:///etc/passwd", "javascript:alert(1)", "data:,x"]
    links += ["http://[::1", "ftp://site.example/a", "http://u:p@site.example/a", "http://site.example:22/", "/story"]
    site.answers["/list"] = xml(RSS.format("".join(f"<item><link>{link}</link></item>" for link in links)))
    rules = site.rules(hosts=("*",), ports=frozenset({site.port, 80}), resolve=private_but_for_the_site)
    found = list(read_sources([site.url("/list")], web=rules, now=NOW))
    assert [one.url for one in found if isinstance(one, Article)] == [site.url("/story")]
    assert len([one for one in found if isinstance(one, Rejection)]) == len(links) - 1
    assert site.paths == ["/list", "/story"]


def test_a_feed_is_never_taken_for_the_name_of_a_file(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(RSS.format("<item><link>/secret</link></item>"))
    for body in (str(secret), secret.as_uri()):
        site.answers["/list"] = xml(body)
        assert "neither a page nor a feed" in why(site, site.answers["/list"])


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item><link>/a</link></item><item><link>/b",
        RSS.format("<item><link>/a</link><title>Fish & chips</title></item>"),
        RSS.format("<item><link>/a</link><title>&nbsp;&eacute;</title></item>"),
    ],
)
def test_a_feed_that_is_a_little_broken_is_read_as_far_as_it_goes(site: Site, body: str) -> None:
    assert site.url("/a") in {entry.url for entry in entries(site, body)}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("<rss>", "broken"),
        (SITEMAP.format("<url><loc>/a</loc></url"), "broken in line 1"),
        (SITEMAP.format("<a>" * 50 + "</a>" * 50), "nested too deep"),
        ("<note>hello</note>", "neither a page nor a feed"),
        (b"\x89PNG\x00", "binary"),
        ("", "empty"),
    ],
)
def test_what_is_no_listing_is_refused_with_a_reason(site: Site, body: str | bytes, word: str) -> None:
    assert word in why(site, xml(body))


@pytest.mark.parametrize(
    "body",
    [
        "<rss>" + "<item>" * 200 + "</item>" * 200 + "</rss>",
        RSS.format("<item/>" * 31_000),
        RSS.format("<item " + " ".join(f'a{n}="1"' for n in range(200)) + "/>"),
        RSS.format("<item><title>" + "&" * 300_000),
    ],
    ids=["deep", "long", "wide", "broken"],
)
def test_a_feed_that_would_keep_its_parser_busy_is_refused(site: Site, body: str) -> None:
    assert "too " in why(site, xml(body))


@given(st.text(alphabet="<>!?[]&;%'\"= /abcENTITYDOCTYPErssfeedurlset\n", max_size=300))
def test_any_text_is_told_to_be_something_or_refused(text: str) -> None:
    with suppress(Unreadable):
        assert kind_of(text) in ("feed", "sitemap", "index", "page")


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    for body in (data, b"\x1f\x8b" + data, gzip.compress(data)):
        with suppress(Unreadable):
            assert isinstance(listing_text(Page("https://a.example/", "text/xml", None, body)), str)


def test_every_article_of_a_feed_is_added_from_its_own_page(site: Site) -> None:
    site.answers["/bare"] = page(STORY.replace("Ferry", "Bus"))
    items = (
        "<item><link>/{}</link><pubDate>Wed, 14 Jan 2026 10:00:00 GMT</pubDate><description>Short.</description></item>"
    )
    site.answers["/list"] = xml(RSS.format(items.format("story") + items.format("bare") + items.format("none")))
    found = list(read_sources([site.url("/list")], web=site.rules(), now=NOW))
    assert [type(one) for one in found] == [Article, Article, Rejection]
    for article in found[:2]:
        assert isinstance(article, Article)
        assert "two of them seriously" in article.text
        assert article.published_at == datetime(2026, 1, 14, 10, tzinfo=UTC)  # the page itself does not say
    site.answers["/list"] = xml(RSS.format(""))
    (empty,) = read_sources([site.url("/list")], web=site.rules(), now=NOW)
    assert empty == Rejection(site.url("/list"), "is a feed or sitemap that names no page")


def test_a_page_tells_which_feeds_its_site_has() -> None:
    head = (
        "<link rel='alternate' type='application/rss+xml' href='/feed?a=1&amp;b=2'>"
        '<LINK type="application/atom+xml" rel=alternate title=x href="https://b.example/atom">'
        "<link rel=stylesheet href=/s.css><link type='application/rss+xml' href='javascript:1'>"
    )
    found = feeds_named(Page("https://a.example/news", "text/html", None, head.encode()))
    assert found == ("https://a.example/feed?a=1&b=2", "https://b.example/atom")
