"""A fetched page is read as a saved one, and speaks for its own host only."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from index.articles import Fetcher, read_online, read_sources
from index.types import Article, Rejection
from tests.index.articles.site import HOST, STORY, Site, page, redirect, serving

NOW = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


def read(site: Site, path: str = "/story", host: str = HOST) -> Article:
    found = read_online(site.url(path, host), Fetcher(site.rules()), now=NOW)
    assert isinstance(found, Article), found
    return found


def with_canonical(url: str) -> str:
    return STORY.replace("<head>", f'<head><link rel="canonical" href="{url}">')


def test_a_page_becomes_an_article_under_the_address_where_it_was_in_the_end(site: Site) -> None:
    site.answers |= {"/a": redirect("/story?id=1#top"), "/story?id=1": page()}
    found = read(site, "/a")
    assert found.url == site.url("/story?id=1")
    assert found.title == "Ferry strikes pier"
    assert "14 people were hurt" in found.text


def test_the_address_that_a_page_gives_itself_counts_on_its_own_host_only(site: Site) -> None:
    own = f"https://www.{HOST}/2026/ferry"
    site.answers["/story"] = page(with_canonical(own))
    assert read(site).url == own
    for foreign in ("https://trusted.example/2026/ferry", f"https://{HOST}.evil.example/a", "https://[/a"):
        site.answers["/story"] = page(with_canonical(foreign))
        assert read(site).url == site.url("/story")


def test_plain_text_is_read_as_a_pasted_page_and_names_no_other_site(site: Site) -> None:
    text = "A title\n\nThe council met on Monday and decided nothing at all.\n\nSource: https://trusted.example/a"
    site.answers["/story"] = page(text, Content_Type="text/plain")
    found = read(site)
    assert (found.title, found.url) == ("A title", site.url("/story"))


def test_the_servers_word_on_the_encoding_comes_first(site: Site) -> None:
    story = STORY.replace("Ines Roth", "Inés Röth").replace("<head>", '<head><meta charset="utf-8">')
    site.answers["/story"] = page(story.encode("cp1252"), Content_Type="text/html; charset=ISO-8859-1")
    assert "Inés Röth" in read(site).text


@pytest.mark.parametrize("body", ["", "<html><body><nav>Home</nav></body></html>", b"\x89PNG\x00\x00"])
def test_a_page_without_an_article_is_rejected_by_its_address(site: Site, body: str | bytes) -> None:
    site.answers["/story"] = page(body)
    found = read_online(site.url("/story"), Fetcher(site.rules()), now=NOW)
    assert isinstance(found, Rejection)
    assert found.source == site.url("/story")


@pytest.mark.parametrize("name", ["/etc/hostname", "file:///etc/hostname", "feed:http://a.example/", "", " http://a/"])
def test_nothing_but_the_web_is_opened(name: str, site: Site) -> None:
    found = read_online(name, Fetcher(site.rules()))
    assert isinstance(found, Rejection)
    assert "no web address" in found.reason


def test_pages_stand_among_other_sources(site: Site) -> None:
    site.answers["/story"] = page()
    found = list(read_sources([site.url("/story"), "/no/such.txt", site.url("/none")], web=site.rules(), now=NOW))
    assert [type(one) for one in found] == [Article, Rejection, Rejection]
    assert isinstance(found[2], Rejection)
    assert found[2].reason == "is not there (404)"
