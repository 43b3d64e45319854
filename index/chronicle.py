"""The history of an article, and what a rule of retention deletes, as JSON and as text for a terminal."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime

from index.changes import Changes, Piece, changes
from index.lives import Gone, History, RetentionReport, Withdrawal
from index.printing import WIDTH, Json, article_json
from index.types import StoredArticle

PUBLISHERS_SHOWN = 10
_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}  # as of the tool wdiff


def gone_text(gone: Gone) -> str:
    """One sentence about an article, or a version, that is given out no more."""
    reason = f": {gone.reason}" if gone.reason else ""
    return f"Version {gone.version} of article {gone.article_id} was {gone.how} on {gone.at:%Y-%m-%d}{reason}."


def gone_json(gone: Gone) -> Json:
    """The same for programs."""
    return {
        "id": gone.article_id,
        "version": gone.version,
        "collection": gone.collection,
        "gone": gone.how,
        "at": gone.at.isoformat(),
        "reason": gone.reason,
    }


def history_json(history: History) -> Json:
    """Versions in order, each with what is different from the one before it that is kept."""
    return {
        "id": history.article_id,
        "collection": history.collection,
        "versions": [
            gone_json(version)
            if isinstance(version, Gone)
            else {**article_json(version), "changes": None if before is None else _changes_json(before, version)}
            for before, version in _pairs(history)
        ],
        "withdrawals": [_withdrawal_json(one) for one in history.withdrawals],
    }


def history_text(history: History) -> str:
    """What happened to the article, the oldest first; a version shows the sentences that changed in it."""
    last = _last_text(history)
    name = f"{last.article.url}  " if last else ""
    happened = [_told(before, version) for before, version in _pairs(history)]
    for one in history.withdrawals:
        happened.append((one.at, f"withdrawn{': ' if one.reason else ''}{one.reason}"))
        happened += [(one.ended_at, "came back")] if one.ended_at else []
    lines = [f"{when:%Y-%m-%d %H:%M}  {what}" for when, what in sorted(happened, key=lambda one: one[0])]
    return "\n\n".join([f"{name}{history.article_id}  in {history.collection}", *lines])


def withdrawn_json(history: History) -> Json:
    """An article that is withdrawn now, without its text."""
    last = _last_text(history)
    article = last and last.article
    return {
        "id": history.article_id,
        "collection": history.collection,
        "url": article and article.url,
        "title": article and article.title,
        "publisher": article and article.publisher,
        **_withdrawal_json(history.withdrawals[-1]),
    }


def withdrawn_text(history: History) -> str:
    """The same on a line or two."""
    one, last = history.withdrawals[-1], _last_text(history)
    named = f"{last.article.title}  {last.article.url}" if last else "(its texts are deleted)"
    until = "until it is reinstated" if one.lasting else "until its source has it again"
    return (
        f"{one.at:%Y-%m-%d}  {history.article_id}  {named}\n            {until}{': ' if one.reason else ''}{one.reason}"
    )


def retention_json(report: RetentionReport) -> Json:
    """What a rule deletes; the examples without their texts."""
    return {
        "articles": report.articles,
        "texts": report.versions,
        "characters": report.characters,
        "publishers": [{"publisher": name, "texts": count} for name, count in report.publishers],
        "examples": [{k: v for k, v in article_json(one).items() if k != "text"} for one in report.examples],
    }


def retention_text(report: RetentionReport, *, dry_run: bool) -> str:
    """Figures and examples."""
    counts = [(report.articles, "article"), (report.versions, "text"), (report.characters, "character")]
    figures = ", ".join(f"{n:,} {what}{'' if n == 1 else 's'}" for n, what in counts if n) or "Nothing"
    lines = [f"{figures} {'to be deleted' if dry_run else 'deleted'} for good."]
    lines += [f"  {count:>7,}  {name or 'publisher unknown'}" for name, count in report.publishers[:PUBLISHERS_SHOWN]]
    if (more := len(report.publishers) - PUBLISHERS_SHOWN) > 0:
        lines.append(f"           and {more:,} more publishers")
    lines += ["The oldest of them:"] if report.examples else []
    lines += [f"  {_when(one)}  {one.article.title}  {one.article.id} v{one.version}" for one in report.examples]
    lines += ["Nothing was changed yet: without --dry-run they go."] if dry_run and report.versions else []
    return "\n".join(lines)


def _last_text(history: History) -> StoredArticle | None:
    return next((one for one in reversed(history.versions) if isinstance(one, StoredArticle)), None)


def _pairs(history: History) -> Iterator[tuple[StoredArticle | None, StoredArticle | Gone]]:
    """Each version with the one before it whose text is kept."""
    before = None
    for version in history.versions:
        yield before, version
        before = before if isinstance(version, Gone) else version


def _told(before: StoredArticle | None, version: StoredArticle | Gone) -> tuple[datetime, str]:
    if isinstance(version, Gone):
        reason = f" ({version.reason})" if version.reason else ""
        return version.at, f"version {version.version} removed{reason}"
    head = f"version {version.version} added"
    if before is None:
        return version.added_at, f"{head}: {version.article.title}"
    return version.added_at, "\n".join([head, *_changed_lines(changes(before.article, version.article))])


def _changed_lines(changed: Changes) -> Iterator[str]:
    for field in changed.fields:
        yield f"  {field.name}: {field.before or 'unknown'} → {field.after or 'unknown'}"
    for pieces in changed.sentences:
        yield _wrap(_marked(pieces))
    if not changed.fields and not changed.sentences:
        yield "  (nothing but white space)"


def _wrap(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  > ", subsequent_indent="  > ", break_on_hyphens=False)


def _marked(pieces: Sequence[Piece]) -> str:
    """White space stays outside the marks."""
    text = ""
    for piece in pieces:
        bare, (opening, closing) = piece.text.strip(), _MARKS[piece.kind]
        start = piece.text.index(bare)
        inner = f"{opening}{bare}{closing}" if bare else ""
        text += f"{piece.text[:start]}{inner}{piece.text[start + len(bare) :]}"
    return " ".join(text.split())


def _changes_json(before: StoredArticle, after: StoredArticle) -> Json:
    changed = changes(before.article, after.article)
    return {
        "since": before.version,
        "fields": [{"name": one.name, "before": one.before, "after": one.after} for one in changed.fields],
        "sentences": [[{"kind": one.kind, "text": one.text} for one in pieces] for pieces in changed.sentences],
    }


def _withdrawal_json(one: Withdrawal) -> Json:
    return {
        "at": one.at.isoformat(),
        "reason": one.reason,
        "until_reinstated": one.lasting,
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }


def _when(stored: StoredArticle) -> str:
    return f"{stored.article.published_at or stored.added_at:%Y-%m-%d}"
