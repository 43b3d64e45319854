"""The commands about what becomes of articles: show, history, withdraw, reinstate, remove, retain."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from index.chronicle import (
    gone_json,
    gone_text,
    history_json,
    history_text,
    retention_json,
    retention_text,
    withdrawn_json,
    withdrawn_text,
)
from index.errors import BadQuestion
from index.lives import Retention, RetentionReport, Withdrawal
from index.news import NewsIndex
from index.printing import article_json
from index.unknown_names import unknown_names

DONE, USAGE = 0, 2


def show(index: NewsIndex, options: argparse.Namespace) -> int:
    """Print texts; what is given out no more is told with its date, and is a usage error."""
    code = DONE
    for name in options.articles:
        ids = known_ids(index, name)
        found = [stored for one in ids if (stored := index.show(one, version=options.version))]
        for stored in found:
            print(_line(article_json(stored)) if options.json else stored.article.text)
        if not found:
            code = USAGE
            _tell_why_not(index, ids, options, name)
    return code


def _tell_why_not(index: NewsIndex, ids: list[str], options: argparse.Namespace, name: str) -> None:
    gone = next((gone for one in ids if (gone := index.gone(one, options.version))), None)
    if gone and options.json:
        print(_line(gone_json(gone)))
    sentence = gone_text(gone) if gone else f"The article {name} never had a version {options.version}."
    print(f"pullquote: {sentence}", file=sys.stderr)


def history(index: NewsIndex, options: argparse.Namespace) -> int:
    """Print what changed, an article after the other."""
    for article_id in [one for name in options.articles for one in known_ids(index, name)]:
        if known := index.history(article_id):
            print(_line(history_json(known)) if options.json else history_text(known))
    return DONE


def remove(index: NewsIndex, options: argparse.Namespace) -> int:
    """Delete for good."""
    print(f"{index.remove(_all_ids(index, options)):,} removed")
    return DONE


def withdraw(index: NewsIndex, options: argparse.Namespace) -> int:
    """Take out of what is found and shown."""
    ids = _all_ids(index, options)
    before = {one: known for one in ids if (known := _withdrawal(index, one)) and known.lasting}
    print(f"{index.keeping.withdraw(ids, options.reason):,} withdrawn")
    for article_id, known in before.items():
        reason = f": {known.reason}" if known.reason else ""
        print(f"{article_id} is withdrawn already, since {known.at:%Y-%m-%d}{reason}")
    return DONE


def withdrawn(index: NewsIndex, options: argparse.Namespace) -> int:
    """List what is withdrawn."""
    found = index.keeping.withdrawn()
    for known in found:
        print(_line(withdrawn_json(known)) if options.json else withdrawn_text(known))
    if not found and not options.json:
        print("Nothing is withdrawn.")
    return DONE


def reinstate(index: NewsIndex, options: argparse.Namespace) -> int:
    """Undo that."""
    ids = _all_ids(index, options)
    others = [one for one in ids if _withdrawal(index, one) is None]
    due = [one for one in ids if one not in others]
    print(f"{index.keeping.reinstate(due) if due else 0:,} reinstated")
    for article_id in others:
        print(f"{article_id} is not withdrawn")
    return DONE


def retain(index: NewsIndex, options: argparse.Namespace) -> int:
    """Delete what a rule says, or each that is kept, or print what that would be; keep a rule, or forget one."""
    if options.forget is not None:
        return _forget(index, options.forget)
    chosen = _chosen(options)
    if options.always and (chosen is None or not chosen.older_than):
        raise BadQuestion("--always needs --older-than with an age of at least a day.")
    rules = index.keeping.rules() if chosen is None else {0: chosen}
    for number, rule in rules.items():
        report = index.keeping.retain(rule, dry_run=options.dry_run)
        if options.always and not options.dry_run:
            number = index.keeping.keep_rule(rule)  # noqa: PLW2901 - it has one from now on
        _tell_retained(number, rule, report, options)
        if chosen and not report.versions:
            for sentence in unknown_names(index, rule.publisher, [rule.collection] if rule.collection else None):
                print(f"pullquote: {sentence}", file=sys.stderr)
    if not rules:
        print("No rule is kept: name one with --older-than, and keep it with --always.")
    return DONE


def _chosen(options: argparse.Namespace) -> Retention | None:
    if options.older_than is None:
        if options.publisher or options.collection or options.earlier_versions:
            raise BadQuestion("Name an age with --older-than, such as 365d.")
        return None
    return Retention(
        older_than=options.older_than,
        publisher=options.publisher,
        collection=options.collection,
        earlier_versions=options.earlier_versions,
    )


def _forget(index: NewsIndex, number: int) -> int:
    if not index.keeping.forget_rule(number):
        raise BadQuestion(f"There is no rule {number}.")
    print(f"Rule {number} is kept no longer.")
    return DONE


def _tell_retained(number: int, rule: Retention, report: RetentionReport, options: argparse.Namespace) -> None:
    if options.json:
        print(_line({"rule": number or None, "deletes": rule.in_words, **retention_json(report)}))
        return
    name = f"Rule {number}, {rule.in_words}:\n" if number else ""
    print(f"{name}{retention_text(report, dry_run=options.dry_run)}")


def known_ids(index: NewsIndex, name: str) -> list[str]:
    """The articles that a URL, an id or a file's path names or named, also removed and withdrawn ones.

    Raises:
        BadQuestion: there never was one.
    """
    found = index.ids_under(name) or index.ids_under(Path(name).absolute().as_uri())
    if not found:
        raise BadQuestion(f"There is no article {name} in the archive.")
    return found


def _withdrawal(index: NewsIndex, article_id: str) -> Withdrawal | None:
    """The one that is in force."""
    known = index.history(article_id)
    return next((one for one in known.withdrawals if one.ended_at is None), None) if known else None


def _all_ids(index: NewsIndex, options: argparse.Namespace) -> list[str]:
    return [one for name in options.articles for one in known_ids(index, name)]


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


RUNS: dict[str, Callable[[NewsIndex, argparse.Namespace], int]] = {
    "show": show,
    "history": history,
    "remove": remove,
    "withdraw": withdraw,
    "withdrawn": withdrawn,
    "reinstate": reinstate,
    "retain": retain,
}
