"""A news outlet of the tests, on a real server: stories that change, with feeds, a sitemap, validators and troubles."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

from tests.fakes import START, FakeClock
from tests.index.articles.site import Answer, Site, page, serving


@dataclass
class Story:
    """One page. `told_at` is when the listings say that it changed last: silent changes leave it as it was."""

    path: str
    published_at: datetime
    edition: int = 1
    changed_at: datetime = START
    told_at: datetime = START
    gone: bool = False

    @property
    def fact(self) -> str:
        """A sentence that every edition has of its own."""
        return f"The council of {self.path.strip('/')} counted {self.edition} hundred lamps in the harbour quarter."

    @property
    def html(self) -> str:
        return (
            f"<html><head><title>Lamps of {self.path}</title>"
            f'<meta property="article:published_time" content="{self.published_at.isoformat()}"></head><body><article>'
            f"<h1>Lamps of {self.path}</h1><p>{self.fact} Nobody had counted them before, said the mayor.</p>"
            "<p>The lamps are lit at dusk by two wardens, who walk along the quay with a ladder and a long match.</p>"
            "</article></body></html>"
        )

    @property
    def etag(self) -> str:
        return f'"{self.path}-{self.edition}"'


@dataclass
class Press:
    """What it has published, and what it was asked for. `trouble` answers in place of the path, or of all with "*"."""

    site: Site
    clock: FakeClock
    stories: dict[str, Story] = field(default_factory=dict)
    trouble: dict[str, Answer] = field(default_factory=dict)
    sent: list[tuple[str, int]] = field(default_factory=list)  # whole bodies: path and edition
    unchanged: list[str] = field(default_factory=list)  # paths answered with 304

    def publish(self, path: str, kind: type[Story] = Story) -> Story:
        now = self.clock.now()
        story = self.stories[path] = kind(path, now, changed_at=now, told_at=now)
        self.site.answers[path] = lambda handler: self._answer(handler, story)
        return story

    def change(self, path: str, *, silently: bool = False) -> None:
        story = self.stories[path]
        story.edition += 1
        story.changed_at = self.clock.now()
        if not silently:
            story.told_at = story.changed_at

    def list_in(self, path: str, kind: str, *, of: str = "/") -> str:
        """Serve a listing of the stories whose path begins so; its address."""
        make = {"atom": self.atom, "rss": self.rss, "sitemap": self.sitemap}[kind]

        def answer(handler: BaseHTTPRequestHandler) -> None:
            body = make([one for one in self.stories.values() if one.path.startswith(of) and not one.gone])
            self._send(handler, path, body, f'"{hash(body)}"', "application/xml", None)

        self.site.answers[path] = answer
        return self.site.url(path)

    def atom(self, stories: list[Story]) -> str:
        entries = "".join(
            f"<entry><id>{one.path}</id><title>Lamps</title><link href='{one.path}'/><summary>Not this.</summary>"
            f"<updated>{one.told_at.isoformat()}</updated><published>{one.published_at.isoformat()}</published></entry>"
            for one in sorted(stories, key=lambda one: one.told_at)[-20:]
        )
        return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title>{entries}</feed>"

    def rss(self, stories: list[Story]) -> str:
        items = "".join(
            f"<item><title>Lamps</title><link>{self.site.url(one.path)}</link><description>Not this.</description>"
            f"<pubDate>{format_datetime(one.published_at)}</pubDate></item>"
            for one in stories[-20:]
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"

    def sitemap(self, stories: list[Story]) -> str:
        urls = "".join(
            f"<url><loc>{self.site.url(one.path)}</loc><lastmod>{one.told_at.isoformat()}</lastmod></url>"
            for one in stories
        )
        return f"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"

    def _answer(self, handler: BaseHTTPRequestHandler, story: Story) -> None:
        if story.gone:
            page("gone", 410)(handler)
        else:
            self._send(handler, story.path, story.html, story.etag, "text/html; charset=utf-8", story)

    def _send(
        self, handler: BaseHTTPRequestHandler, path: str, body: str, etag: str, media_type: str, story: Story | None
    ) -> None:
        trouble = self.trouble.get(path) or self.trouble.get("*")
        if trouble:
            trouble(handler)
        elif handler.headers.get("If-None-Match") == etag:
            self.unchanged.append(path)
            page("", 304, Content_Length="", ETag=etag)(handler)
        else:
            self.sent += [(path, story.edition)] if story else []
            page(body, ETag=etag, Content_Type=media_type)(handler)


@contextmanager
def press() -> Iterator[Press]:
    with serving() as site:
        yield Press(site, FakeClock())
