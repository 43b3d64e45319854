"""Whom the fetcher talks to, and what it puts up with: against a real server on loopback, and no other network."""

import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.fetching import Fetcher, FetchRules
from index.articles.fetching.exchange import MAX_BODY_BYTES
from index.articles.fetching.targets import parse_target
from index.articles.rules import Unreadable
from tests.index.articles.site import (
    HOST,
    LOOPBACK,
    STORY,
    Answer,
    Site,
    certificate,
    page,
    redirect,
    resolver,
    serving,
)

ELSEWHERE = ip_address("127.0.0.2")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        found.answers["/story"] = page()
        yield found


def reason(site: Site, url: str, **given: object) -> str:
    """Why a page is not fetched."""
    with pytest.raises(Unreadable) as caught:
        Fetcher(site.rules(**given)).fetch(url)
    return str(caught.value)


def test_a_page_comes_with_its_type_and_the_address_where_it_was_in_the_end(site: Site) -> None:
    site.answers["/old"] = redirect("/new?a=1")
    site.answers["/new?a=1"] = redirect(site.url("/story#top", f"www.{HOST}"), 308)
    found = Fetcher(site.rules()).fetch(site.url("/old"))
    assert found.body == STORY.encode()
    assert found.url == site.url("/story", f"www.{HOST}")
    assert (found.media_type, found.charset) == ("text/html", "utf-8")


def test_it_says_who_it_is_and_sends_no_cookies_even_when_it_is_given_some(site: Site) -> None:
    site.answers["/a"] = page("", 302, Location="/story", Set_Cookie="id=1")
    Fetcher(site.rules()).fetch(site.url("/a"))
    for _, headers in site.asked:
        assert headers["User-Agent"].startswith("Pullquote/")
        assert headers["Host"] == f"{HOST}:{site.port}"
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("ftp://site.example/a", "http"),
        ("file:///etc/passwd", "http"),
        ("http://user:secret@site.example/", "user name"),
        ("http://user@site.example/", "user name"),
        ("http://site.example\\@other.example/", "backslash"),
        ("http://site.example/a b", "space"),
        ("http://site.example/\r\nX: y", "space"),
        ("http:///a", "no web address"),
        ("http://site..example/", "no web address"),
        ("http://[::1/", "no web address"),
        ("http://site.example:99999/", "no web address"),
        ("http://site.example/" + "a" * 2_000, "2,000 is the limit"),
        ("http://site.example/" + "ü" * 400, "2,000 is the limit"),
    ],
)
def test_an_address_that_nobody_should_be_sent_to_is_refused_before_anybody_is_asked(
    site: Site, url: str, word: str
) -> None:
    assert word in reason(site, url)
    assert site.asked == []


@given(st.text(max_size=40) | st.text("htps:/\\@[]#?%.:x1é ", max_size=40).map("http://".__add__))
def test_any_text_is_an_address_in_plain_form_or_is_refused(text: str) -> None:
    try:
        target = parse_target(text)
    except Unreadable:
        return
    assert parse_target(target.url) == target
    assert target.url.isascii()
    assert target.path.startswith("/")


@pytest.mark.parametrize("port", ["22", "8080", "0"])
def test_only_the_ports_of_the_web_are_used(port: str) -> None:
    rules = FetchRules(hosts=(HOST,), resolve=resolver(ip_address("1.1.1.1")))
    with pytest.raises(Unreadable, match=f"port {port}"):
        Fetcher(rules).fetch(f"http://{HOST}:{port}/")


def test_a_host_must_be_allowed_and_its_subdomains_are_with_it(site: Site) -> None:
    site.answers["/"] = page()
    for host in (HOST, f"www.{HOST}", f"a.b.{HOST}", HOST.upper(), f"{HOST}."):
        Fetcher(site.rules()).fetch(site.url("/", host))
    asked = len(site.asked)
    for host in ("other.example", f"evil{HOST}", f"{HOST}.evil.example", "example"):
        why = reason(site, site.url("/", host))
        assert "not allowed" in why
        assert "PULLQUOTE_HOSTS" in why
    assert "PULLQUOTE_HOSTS" in reason(site, site.url("/"), hosts=())
    assert len(site.asked) == asked
    Fetcher(site.rules(hosts=("*",))).fetch(site.url("/", "other.example"))


@pytest.mark.parametrize(
    "addresses",
    ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "10.0.0.1", "1.1.1.1 127.0.0.1"],
)
def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused(site: Site, addresses: str) -> None:
    found = resolver(*map(ip_address, addresses.split()))
    rules = FetchRules(hosts=("*",), ports=frozenset({site.port}), resolve=found)  # the rule that everybody has
    with pytest.raises(Unreadable, match="not on the public internet"):
        Fetcher(rules).fetch(site.url("/story"))
    assert site.asked == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:7f00:1]", "localhost", "\uff11\uff12\uff17.0.0.1"],
)
def test_no_way_of_writing_loopback_gets_there(site: Site, host: str) -> None:
    with pytest.raises(Unreadable, match=r"not on the public internet|cannot be found"):
        Fetcher(FetchRules(hosts=("*",), ports=frozenset({site.port}))).fetch(site.url("/story", host))
    assert site.asked == []


@pytest.mark.parametrize(
    ("to", "word"),
    [
        ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("http://2130706433/", "not on the public internet"),
        ("//private.example/", "not on the public internet"),
        ("http://private.example/", "not on the public internet"),
        ("file:///etc/passwd", "http"),
        ("https://site.example:22/", "port 22"),
        ("http://user:secret@site.example/", "user name"),
        ("http://[::1", "cannot be read"),
    ],
)
def test_each_redirect_is_checked_from_the_start(site: Site, to: str, word: str) -> None:
    site.answers["/a"] = redirect(to)
    rules = {"hosts": ("*",), "ports": frozenset({site.port, 80}), "resolve": private_but_for_the_site}
    assert word in reason(site, site.url("/a"), **rules)
    assert site.paths == ["/a"]


def private_but_for_the_site(host: str, _port: int) -> tuple[object, ...]:
    return (LOOPBACK if host == HOST else ip_address("10.0.0.1"),)


def test_a_redirect_to_a_host_that_is_not_allowed_is_refused(site: Site) -> None:
    site.answers["/a"] = redirect(site.url("/story", "other.example"))
    assert "other.example, which is not allowed" in reason(site, site.url("/a"))
    assert site.paths == ["/a"]


def test_redirects_come_to_an_end(site: Site) -> None:
    site.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(5)} | {"/5": page()}
    assert Fetcher(site.rules()).fetch(site.url("/0")).body
    site.answers["/5"] = redirect("/0")
    assert "more than 5 times" in reason(site, site.url("/0"))


def test_a_name_that_changes_its_address_after_the_check_is_still_asked_at_the_checked_one(site: Site) -> None:
    answers = iter([(LOOPBACK,), (LOOPBACK,), (ELSEWHERE,)])
    fetcher = Fetcher(site.rules(resolve=lambda _host, _port: next(answers)))
    site.answers["/robots.txt"] = page("User-agent: *\nAllow: /", Content_Type="text/plain")
    assert fetcher.fetch(site.url("/story")).body == STORY.encode()  # looked up for the page, and for robots.txt
    with pytest.raises(Unreadable, match="not on the public internet"):
        fetcher.fetch(site.url("/story"))


def test_nothing_but_the_checked_address_is_connected_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lookups: list[str] = []
    real = socket.getaddrinfo

    def noted(host: str, *rest: object, **more: object) -> object:
        lookups.append(host)
        return real(host, *rest, **more)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    Fetcher(site.rules()).fetch(site.url("/story"))
    assert set(lookups) == {str(LOOPBACK)}


def test_the_second_address_of_a_host_is_tried_when_the_first_does_not_answer(site: Site) -> None:
    both = {"resolve": resolver(ELSEWHERE, LOOPBACK), "is_allowed_address": lambda address: address.is_loopback}
    assert Fetcher(site.rules(**both)).fetch(site.url("/story")).body
    assert "cannot be reached" in reason(site, site.url("/story"), **(both | {"resolve": resolver(ELSEWHERE)}))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "may not be read"),
        (404, "not there"),
        (410, "taken away"),
        (429, "too many requests"),
        (503, "trouble"),
        (304, "not given out"),
        (204, "not given out"),
    ],
)
def test_a_status_is_said_in_words(site: Site, status: int, words: str) -> None:
    site.answers["/a"] = page("", status)
    assert words in reason(site, site.url("/a"))
    assert str(status) in reason(site, site.url("/a"))


def test_what_is_no_page_is_not_read(site: Site) -> None:
    site.answers["/a"] = page(b"%PDF", Content_Type="application/pdf", Content_Length=str(MAX_BODY_BYTES * 9))
    assert reason(site, site.url("/a")) == "is not a web page but application/pdf"
    site.answers["/a"] = page("x", Content_Type="")
    assert "does not say" in reason(site, site.url("/a"))


def drip(start: bytes, again: bytes, pause: float = 0.0) -> Answer:
    """An answer without end."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        while True:
            handler.wfile.write(again)
            time.sleep(pause)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEAD + b"\r\n", b"a"),
        (HEAD + b"Content-Length: 1000000\r\n\r\n", b"a"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    ],
)
def test_a_server_that_drips_is_left_in_time(site: Site, start: bytes, again: bytes) -> None:
    site.answers["/a"] = drip(start, again, 0.02)
    started = time.monotonic()
    assert "too long" in reason(site, site.url("/a"), seconds=0.5)
    assert time.monotonic() - started < 5  # a shared machine


def test_a_server_that_says_nothing_is_left_in_time(site: Site) -> None:
    site.answers["/a"] = lambda _: time.sleep(2)
    started = time.monotonic()
    assert "too long" in reason(site, site.url("/a"), seconds=0.3)
    assert time.monotonic() - started < 1.8


@pytest.mark.parametrize(
    "answer",
    [
        page(b"a" * (MAX_BODY_BYTES + 1)),
        page(b"", Content_Length=str(10**15)),
        drip(HEAD + b"\r\n", b"a" * 100_000),
        page(gzip.compress(bytes(MAX_BODY_BYTES + 1)), Content_Encoding="gzip"),
        page(gzip.compress(bytes(200_000_000), 1), Content_Encoding="gzip"),
    ],
    ids=["large", "announced", "endless", "unpacked", "bomb"],
)
def test_a_body_beyond_the_limit_is_refused_and_never_held(site: Site, answer: Answer) -> None:
    site.answers["/a"] = answer
    assert reason(site, site.url("/a")) == "is larger than 5 MB"


def test_a_body_at_the_limit_is_read_packed_or_not(site: Site) -> None:
    whole = b"a" * MAX_BODY_BYTES
    for answer in (page(whole), page(gzip.compress(whole), Content_Encoding="gzip")):
        site.answers["/a"] = answer
        assert Fetcher(site.rules()).fetch(site.url("/a")).body == whole


def test_half_a_page_is_no_page(site: Site) -> None:
    packed = gzip.compress(STORY.encode())
    halves = [
        page(STORY[:50], Content_Length=str(len(STORY))),
        page(packed[:-20], Content_Encoding="gzip"),
        drip_once(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc"),
    ]
    for half in halves:
        site.answers["/a"] = half
        assert reason(site, site.url("/a")) == "broke off before its end"


def drip_once(data: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)

    return answer


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"x"),
        ("gzip, br", b"x"),
        pytest.param("gzip", gzip.compress(b"a") + gzip.compress(b"b"), id="two in one"),  # each holds its time
    ],
)
def test_packing_that_is_not_read_is_named(site: Site, encoding: str, body: bytes) -> None:
    site.answers["/a"] = page(body, Content_Encoding=encoding)
    assert "compressed in a way that is not read" in reason(site, site.url("/a"))


@pytest.mark.parametrize("junk", [b"\x00" * 50, b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", HEAD * 200 + b"\r\n", b""])
def test_an_answer_that_is_no_http_is_a_reason_too(site: Site, junk: bytes) -> None:
    site.answers["/a"] = drip_once(junk)
    assert reason(site, site.url("/a"))


def test_a_page_that_is_broken_gzip_is_a_reason_too(site: Site) -> None:
    site.answers["/a"] = page(b"this is not gzip", Content_Encoding="gzip")
    assert reason(site, site.url("/a"))


def test_robots_txt_is_honoured_and_asked_for_once(site: Site) -> None:
    site.answers["/robots.txt"] = page("User-agent: Pullquote\nDisallow: /closed\n\nUser-agent: *\nDisallow: /")
    fetcher = Fetcher(site.rules())
    for _ in range(2):
        assert fetcher.fetch(site.url("/story")).body
    with pytest.raises(Unreadable, match=r"robots\.txt"):
        fetcher.fetch(site.url("/closed/a"))
    assert [path for path, _ in site.asked] == ["/robots.txt", "/story", "/story"]


def test_a_redirect_into_what_robots_txt_closes_is_refused(site: Site) -> None:
    site.answers["/robots.txt"] = page("User-agent: *\nDisallow: /closed")
    site.answers |= {"/a": redirect("/closed"), "/closed": page()}
    assert "robots.txt" in reason(site, site.url("/a"))
    assert site.paths == ["/a"]


@pytest.mark.parametrize(
    "answer",
    [page("", 503), page("", 429), redirect("http://169.254.169.254/"), page("x" * 6_000_000)],
)
def test_a_site_whose_robots_txt_cannot_be_read_has_not_said_yes(site: Site, answer: Answer) -> None:
    site.answers["/robots.txt"] = answer
    rules = {"hosts": ("*",), "ports": frozenset({site.port, 80}), "resolve": private_but_for_the_site}
    assert "robots.txt cannot be read" in reason(site, site.url("/story"), **rules)
    assert site.paths == []


@pytest.mark.parametrize("answer", [page("", 404), page("", 401), page("\ufeff\x00garbage"), redirect("/robots.txt")])
def test_a_site_without_rules_allows_everything(site: Site, answer: Answer) -> None:
    site.answers["/robots.txt"] = answer
    assert Fetcher(site.rules()).fetch(site.url("/story")).body


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = certificate(tmp_path_factory.mktemp("tls"))
    if found is None:
        pytest.skip("there is no openssl to make a certificate with")
    return found


def test_tls_is_for_the_hosts_name_although_the_address_is_pinned(pem: Path) -> None:
    names: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    server.sni_callback = lambda _sock, name, _context: names.append(name)
    trusting = ssl.create_default_context(cafile=str(pem))
    with serving(server) as site:
        site.answers["/story"] = page()
        assert Fetcher(site.rules(tls=lambda: trusting)).fetch(site.url("/story")).body == STORY.encode()
        assert set(names) == {HOST}
        assert "certificate" in reason(site, site.url("/story", f"www.{HOST}"), tls=lambda: trusting)  # another name
        assert "certificate" in reason(site, site.url("/story"))  # nobody vouches for it
        assert site.paths == ["/story"]
        site.answers["/slow"] = drip(HEAD + b"\r\n", b"a", 0.02)
        assert "too long" in reason(site, site.url("/slow"), tls=lambda: trusting, seconds=0.5)


def test_a_server_without_tls_cannot_be_asked_over_it(site: Site) -> None:
    assert "secure connection" in reason(site, site.url("/story").replace("http:", "https:"))
