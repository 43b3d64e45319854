"""Results as JSON and as text for a terminal. The JSON's keys are a contract: they only ever grow."""

import re
import textwrap
from collections.abc import Sequence
from datetime import datetime

from index.stories import agency_of
from index.types import Answer, Correction, Hit, NoEvidence, Quote, Status, StoredArticle

Json = dict[str, object]
WIDTH = 100
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]")
ALSO_NAMED = 5  # of the other outlets that carry an article; the JSON names all


def answer_json(question_id: object, question: str, answer: Answer | NoEvidence, elapsed_ms: float) -> Json:
    """One line of `pullquote ask --json` for the question as it was asked; `completed`: as it was understood."""
    short, quotes = (answer.short, answer.quotes) if isinstance(answer, Answer) else (None, ())
    return {
        "id": question_id,
        "question": question,
        "outcome": "answer" if quotes else "no_evidence",
        "answer": short,
        "confidence": round(answer.confidence, 4),
        "quotes": [quote_json(quote) for quote in quotes],
        "passages": [hit_json(hit) for hit in answer.hits],
        "elapsed_ms": elapsed_ms,
        "completed": None if answer.question == question else answer.question,
        **_standing_json(answer),
    }


def _standing_json(answer: Answer | NoEvidence) -> Json:
    """Who else says so, who says something else, and how old the newest source is."""
    if isinstance(answer, NoEvidence):
        return {"outlets": [], "corrected": False, "rivals": [], "newest": None}
    rivals = [
        {"answer": rival.short, "outlets": list(rival.outlets), "quote": quote_json(rival.quote)}
        for rival in answer.rivals
    ]
    return {
        "outlets": list(answer.outlets),
        "corrected": answer.corrected,
        "rivals": rivals,
        "newest": _iso(answer.newest),
    }


def quote_json(quote: Quote) -> Json:
    """A quote with all that it takes to verify it."""
    article = quote.stored.article
    return {
        "text": quote.text,
        "article_id": article.id,
        "version": quote.stored.version,
        "start": quote.start,
        "end": quote.end,
        "sha256": quote.sha256,
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "published_at": _iso(article.published_at),
        "speaker": quote.speaker,
        "score": round(quote.score, 4),
        "correction": _correction_json(quote.correction),
        "agency": agency_of(article),
        "also": list(quote.also),
    }


def _correction_json(correction: Correction | None) -> Json | None:
    if correction is None:
        return None
    return {"text": correction.text, "version": correction.version, "noted_at": _iso(correction.noted_at)}


def hit_json(hit: Hit) -> Json:
    """A passage and where it stands."""
    article = hit.stored.article
    return {
        "article_id": article.id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.text,
        "score": round(hit.score, 6),
        "title": article.title,
        "url": article.url,
        "publisher": article.publisher,
        "published_at": _iso(article.published_at),
        "also": list(hit.also),
    }


def article_json(stored: StoredArticle) -> Json:
    """A stored article; offsets of quotes count characters of its `text`."""
    article = stored.article
    return {
        "id": article.id,
        "version": stored.version,
        "story": stored.story,
        "collection": article.collection,
        "url": article.url,
        "title": article.title,
        "publisher": article.publisher,
        "author": article.author,
        "published_at": _iso(article.published_at),
        "added_at": _iso(stored.added_at),
        "text": article.text,
        "replaced_at": _iso(stored.replaced_at),
    }


def status_json(status: Status) -> Json:
    """The facts of `pullquote status`."""
    return {
        "articles": status.articles,
        "passages": status.passages,
        "collections": list(status.collections),
        "publishers": status.publishers,
        "oldest": _iso(status.oldest),
        "newest": _iso(status.newest),
        "last_added_at": _iso(status.last_added_at),
        "model": status.model,
        "precision": status.precision,
        "bytes_on_disk": status.bytes_on_disk,
        "stories": status.stories,
        "copies": status.articles - status.stories,
        "not_compared": status.not_compared,
        "earlier_versions": status.earlier_versions,
        "withdrawn": status.withdrawn,
        "sources": status.sources,
        "failing_sources": status.failing_sources,
        "retention_rules": status.retention_rules,
    }


def answer_text(answer: Answer | NoEvidence, *, completed: str | None = None) -> str:
    """What the question was understood as, short answer, quotes and their sources; or that there is none."""
    if completed:
        return f"Understood as: {completed}\n\n{answer_text(answer)}"
    if isinstance(answer, NoEvidence):
        nearest = f"\n\nNearest passages, not an answer:\n\n{hits_text(answer.hits[:3])}" if answer.hits else ""
        return f"No evidence: nothing in the archive answers that.{nearest}"
    lead = [answer.short] if answer.short else []
    quotes = [_quote_text(number, quote) for number, quote in enumerate(answer.agreeing, start=1)]
    rivals = [f"Others say {rival.short}:\n\n{_quote_text(None, rival.quote)}" for rival in answer.rivals]
    notes = [f"Confidence {answer.confidence:.0%}", f"newest source {_day(answer.newest)}"]
    notes += [f"said by {len(answer.outlets)} independent outlets"] if len(answer.outlets) > 1 else []
    notes += ["from a correction"] if answer.corrected else []
    return visible("\n\n".join([*lead, *quotes, *rivals, " · ".join(notes)]))


def visible(text: str) -> str:
    """The text for a terminal: what is not seen there and could turn the line around or steer it, by its number."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def hits_text(hits: Sequence[Hit]) -> str:
    """Passages with their sources."""
    if not hits:
        return "Nothing found."
    found = (f"{_wrap(hit.text)}\n    [{n}] {_source(hit.stored, hit.also)}" for n, hit in enumerate(hits, start=1))
    return visible("\n\n".join(found))


def status_text(status: Status) -> str:
    """The facts of `pullquote status`, a line each."""
    span = f"{_day(status.oldest)} to {_day(status.newest)}" if status.newest else "no dates"
    kept = f"{counted(status.earlier_versions, 'earlier version')}, {counted(status.withdrawn, 'withdrawn article')}"
    return "\n".join(
        [
            f"articles     {status.articles:,} from {counted(status.publishers, 'publisher')}, {span}",
            f"stories      {status.stories:,}{_copies(status)}",
            f"passages     {status.passages:,}",
            f"kept too     {kept}",
            f"collections  {', '.join(status.collections) or 'none'}",
            f"watched      {_watched(status)}",
            f"last added   {status.last_added_at:%Y-%m-%d %H:%M} UTC" if status.last_added_at else "last added   never",
            f"model        {status.model} ({status.precision})" if status.model else "model        none yet",
            f"on disk      {status.bytes_on_disk / 1e6:,.1f} MB",
        ]
    )


def counted(number: int, what: str) -> str:
    """Such as "1 file", "2 files"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _copies(status: Status) -> str:
    """How many articles carry a text that another has, and how many were not looked at yet."""
    copies = status.articles - status.stories
    said = f"; {copies:,} {'article is a copy' if copies == 1 else 'articles are copies'}" if copies else ""
    waiting = f"; {status.not_compared:,} not compared yet: run `pullquote rebuild`" if status.not_compared else ""
    return said + waiting


def _watched(status: Status) -> str:
    """What comes in, and goes, by itself."""
    failing = (
        f", {status.failing_sources:,} failing: `pullquote source list` says why" if status.failing_sources else ""
    )
    rules = f"; {status.retention_rules:,} rules of retention" if status.retention_rules else ""
    return f"{status.sources:,} sources{failing}{rules}"


def _quote_text(number: int | None, quote: Quote) -> str:
    speaker = f"{quote.speaker}, in " if quote.speaker else ""
    mark = f"[{number}] " if number else ""
    noted = f"\n{_note(quote.correction)}" if quote.correction and quote.correction.text not in quote.text else ""
    return f"{_wrap(quote.text)}\n    {mark}{speaker}{_source(quote.stored, quote.also)}{noted}"


def _note(correction: Correction) -> str:
    """That the article was corrected, in its own words."""
    dated = f" on {_day(correction.noted_at)}" if correction.noted_at else ""
    words = f"The article was corrected{dated}: {' '.join(correction.text.split())}"
    return textwrap.fill(words, WIDTH, initial_indent="    ", subsequent_indent="    ")


def _source(stored: StoredArticle, also: Sequence[str]) -> str:
    article, agency = stored.article, agency_of(stored.article)
    publisher = article.publisher or "publisher unknown"
    named = f" ({agency})" if agency and agency != publisher else ""
    parts = [article.title, publisher + named, _day(article.published_at)]
    parts += [_also(also)] if also else []
    return f"{' · '.join(parts)}\n        {article.url}  {article.id}"


def _also(outlets: Sequence[str]) -> str:
    """The other outlets, the first few by name."""
    named = ", ".join(outlets[:ALSO_NAMED]) + (", …" if len(outlets) > ALSO_NAMED else "")
    return f"also in {len(outlets)} {'outlets' if len(outlets) > 1 else 'outlet'}: {named}"


def _day(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d}" if when else "date unknown"


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _wrap(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent="  > ", subsequent_indent="  > ")
