"""What robots.txt says to us. The only place that knows protego."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from index.articles.fetching.exchange import PRODUCT
from index.articles.rules import Unreadable

KEPT_FOR = timedelta(hours=24)  # RFC 9309, 2.4: no longer than this
LONGEST_DELAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Robots:
    """One site's rules. `pause_s` is what it wants between two requests, 0 where it does not say."""

    rules: Protego
    pause_s: float
    read_at: datetime

    @classmethod
    def parse(cls, text: str, now: datetime) -> "Robots":
        """The rules in the file; an empty one allows everything. Raises Unreadable for what cannot be made sense of."""
        try:
            rules = Protego.parse(text)
            delay, rate = rules.crawl_delay(PRODUCT), rules.request_rate(PRODUCT)
        except ValueError:
            raise Unreadable("is not written as such a file") from None
        spread = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return cls(rules, min(max(delay or 0.0, spread), LONGEST_DELAY_S), now)

    def allow(self, url: str) -> bool:
        """Whether the page may be read by us."""
        try:
            return self.rules.can_fetch(url, PRODUCT)
        except ValueError:
            return False

    def is_fresh(self, now: datetime) -> bool:
        """Whether the rules still count, or have to be asked for again."""
        return self.read_at <= now < self.read_at + KEPT_FOR
