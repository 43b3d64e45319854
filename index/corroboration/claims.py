"""The nouns of corroboration: what one article claims, and what is reported by the articles that agree."""

from dataclasses import dataclass

from index.types import Article, Span


@dataclass(frozen=True, slots=True)
class Claim:
    """One article's best short answer. `quote` is a span of `article.text`: the one or two sentences that say so."""

    answer: str  # "Donald Trump", "11 people", "Oct. 26"
    quote: Span
    article: Article
    probability: float  # 0..1 that the answer is right; claims of different articles are comparable
    story: str = ""  # of the archive: articles of one collection that carry one text have the same; "": not known

    @property
    def text(self) -> str:
        """The quoted words, verbatim."""
        return self.article.text[self.quote.start : self.quote.end]


@dataclass(frozen=True, slots=True)
class Reported:
    """Claims that give the same answer, best first.

    `outlets` are the independent ones, who published first first: a publisher counts once, and so does a wire story
    however many outlets carry it; who hardly seems to say so does not count. `support` is in 0..1. `corrected`: a claim
    of it comes from a correction that is later than every claim it overrules.
    """

    claims: tuple[Claim, ...]
    outlets: tuple[str, ...]
    support: float
    corrected: bool
