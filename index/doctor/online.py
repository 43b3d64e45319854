"""Whether the sites that are watched can be reached. Each host is asked once, for its robots.txt."""

import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from index.articles import FetchRules, Unreadable, is_web_address, knock
from index.doctor.findings import Finding, fine, suspect
from index.store import Source

MOST_HOSTS = 50


def look_at_sites(sources: Sequence[Source], web: FetchRules) -> Iterator[Finding]:
    """Any answer counts: what it says is the watcher's affair."""
    watched = [one.address for one in sources if not one.paused and is_web_address(one.address)]
    sites = list(dict.fromkeys(f"{urlsplit(one).scheme}://{urlsplit(one).netloc}" for one in watched))
    for site in sites[:MOST_HOSTS]:
        started = time.monotonic()
        try:
            knock(site, web)
        except Unreadable as error:
            yield suspect("site", f"{site} {error}", "look at this machine's network and DNS, and at the site")
        else:
            yield fine("site", f"{site} answered after {time.monotonic() - started:.1f} s")
    if len(sites) > MOST_HOSTS:
        yield fine("site", f"{len(sites) - MOST_HOSTS:,} more were not asked")
