"""Whether anybody answers at a site, without reading anything there."""

import time

from index.articles.fetching.exchange import Asking, request, user_agent
from index.articles.fetching.permission import FetchRules
from index.articles.fetching.targets import parse_target


def knock(site: str, rules: FetchRules) -> None:
    """Ask for the robots.txt of `scheme://host`; any answer will do. Raises Unreadable where there is none."""
    target = parse_target(f"{site}/robots.txt")
    addresses, deadline = rules.addresses(target), time.monotonic() + rules.seconds
    request(target, addresses, deadline=deadline, tls=rules.tls, asking=Asking(user_agent(rules.contact)))
