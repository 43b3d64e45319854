"""The command line's words: every command with its options and help."""

import argparse
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from index.forgiving import ForgivingParser
from index.types import PUBLIC
from index.watch_commands import parse_span

MOST_OF_GUESTS = 10_000  # articles in a collection; the default of PULLQUOTE_SERVER_ARTICLES
USUAL = "15m"  # between two looks at a source
VARIABLES = {"PULLQUOTE_EVERY": USUAL}  # what no other program reads, with its default
MOST_PASSAGES = 100  # that one search shows

MOST_VERSIONS = 2**31  # SQLite would take more, citations in Discord would not

_DAYS = {"d": 1, "w": 7, "y": 365}
_LONGEST = timedelta(days=1_000 * 365)  # before that nothing was published

Run = Callable[[argparse.Namespace], int]


def parser_for(runs: Mapping[str, Run]) -> argparse.ArgumentParser:
    """The parser; `runs` holds what each command does, by name."""
    parser: argparse.ArgumentParser = ForgivingParser(
        prog="pullquote",
        description="Search an archive of news articles and answer questions with verbatim, cited quotes.",
        epilog="Exit codes: 0 done; 1 some sources rejected; 2 usage; 3 archive unusable (it says what to run).",
    )
    parser.add_argument("--version", action="version", version=f"pullquote {version('pullquote')}")
    _add_data(parser, None)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for declare in (_writing_commands, _following_commands, _reading_commands, _keeping_commands):
        declare(commands)
    for name, command in commands.choices.items():
        command.set_defaults(run=runs[name])
    return parser


def _add_data(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--data", default=default, metavar="DIR", help="the archive's folder (PULLQUOTE_DATA; default: data)"
    )


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help_: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_, description=help_[0].upper() + help_[1:] + ".")
    _add_data(parser, argparse.SUPPRESS)  # may stand before or after the command
    return parser


def _writing_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add = _command(
        commands,
        "add",
        "add articles: files and folders of .txt, .md, .html and .jsonl, and web pages, feeds and sitemaps by address",
    )
    add.add_argument("sources", nargs="+", metavar="SOURCE")
    add.add_argument("--collection", default=PUBLIC, metavar="NAME", help="the collection they join (default: public)")
    add.add_argument(
        "--ray",
        type=_cluster,
        metavar="ADDRESS",
        help="encode on the Ray cluster at HOST:PORT, on the one that this machine is part of (auto), or on one that "
        "is started here for this run (local); needs pip install 'pullquote[ray]'",
    )
    _articles(_command(commands, "remove", "delete articles with all their versions for good"))
    withdraw = _command(commands, "withdraw", "take articles out of all that is found and shown, but keep their texts")
    _articles(withdraw)
    withdraw.add_argument("--reason", default="", metavar="TEXT", help="told to whoever follows an old citation")
    withdrawn = _command(commands, "withdrawn", "list the articles that are withdrawn, since when, until when and why")
    withdrawn.add_argument("--json", action="store_true", help="print JSON, a line each")
    _articles(_command(commands, "reinstate", "undo a withdrawal: the articles are found again, as they were"))
    _retain_command(commands)


def _retain_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    retain = _command(commands, "retain", "delete for good what is older than a rule allows; --dry-run tries it")
    retain.add_argument(
        "--older-than",
        type=_age,
        metavar="AGE",
        help="such as 90d, 26w or 2y, since publication (or since it was added, where that is unknown); "
        "default: apply the rules that are kept",
    )
    retain.add_argument("--publisher", metavar="NAME", help="only of this publisher")
    retain.add_argument("--collection", metavar="NAME", help="only in this collection (default: in all)")
    retain.add_argument(
        "--earlier-versions", action="store_true", help="only versions that were replaced so long ago; articles stay"
    )
    retain.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")
    retain.add_argument("--always", action="store_true", help="keep the rule, and apply it to what comes of age later")
    retain.add_argument("--forget", type=_number, metavar="N", help="keep the rule of this number no longer")
    retain.add_argument("--json", action="store_true", help="print JSON")


def _articles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("articles", nargs="+", metavar="URL|ID")


def _following_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    watch = _command(commands, "watch", "keep the archive up to date: look at its sources again and again")
    watch.epilog = (
        "Over a PostgreSQL database (PULLQUOTE_DATABASE_URL) any number of these may run, on any machine: each takes "
        "what admins order in Discord from one queue, and whoever is free looks at the sources."
    )
    watch.add_argument("sources", nargs="*", metavar="SOURCE", help="added to the sources first, if it is none yet")
    watch.add_argument("--once", action="store_true", help="look at what is due, and end: for cron and its like")
    watch.add_argument("--now", action="store_true", help="begin with everything, due or not")
    source = _command(commands, "source", "add, list, pause, resume, prune or remove what `pullquote watch` looks at")
    actions = source.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = _command(actions, "add", "watch feeds, sitemaps, web pages and folders from now on")
    add.add_argument("sources", nargs="+", metavar="SOURCE", help="a web address, or a folder")
    for parser in (watch, add):
        parser.add_argument("--collection", default=PUBLIC, metavar="NAME", help="articles join it (default: public)")
        parser.add_argument(
            "--every",
            type=parse_span,
            metavar="TIME",
            help=f"how often a new source is looked at, such as 15m, 2h or 1d (PULLQUOTE_EVERY; default: {USUAL})",
        )
    watch.set_defaults(action="watch")
    listing = _command(actions, "list", "show every source, and how it does")
    listing.add_argument("--json", action="store_true", help="print JSON")
    prune = _command(actions, "prune", "remove the articles of files that are no longer in their folder")
    prune.add_argument("sources", nargs="+", metavar="NUMBER|ADDRESS")
    prune.add_argument("--dry-run", action="store_true", help="say which files those are, and remove nothing")
    for name, help_ in (
        ("pause", "leave sources alone until they are resumed"),
        ("resume", "look at paused sources again, and at failing ones now"),
        ("remove", "forget sources; their articles stay"),
    ):
        _command(actions, name, help_).add_argument("sources", nargs="+", metavar="NUMBER|ADDRESS")


def _reading_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    search = _command(commands, "search", "find the passages nearest to a query")
    search.add_argument(
        "query", nargs="+", metavar="WORD", help="what to find; in quotes, if a * or an apostrophe is in it"
    )
    search.add_argument("-k", type=_count, default=10, metavar="N", help="passages to show (default: 10)")
    ask = _command(commands, "ask", "answer a question with verbatim quotes, or say that there is no evidence")
    ask.add_argument(
        "question", nargs="*", metavar="WORD", help="the question; in quotes, if a ? or an apostrophe is in it"
    )
    ask.add_argument(
        "--batch",
        metavar="FILE",
        help='rows {"id", "question", "asked_on"?, "article"?, "history"?: [{"question", "answer"}]}; a JSON line each',
    )
    ask.add_argument(
        "--following",
        action="append",
        default=[],
        metavar="QUESTION",
        help='an earlier question that this one follows, such as "why?"; may be repeated, oldest first',
    )
    ask.add_argument("--asked-on", type=parse_day, metavar="DATE", help="the day of the question (default: today)")
    ask.add_argument("--article", metavar="URL|ID", help="look in this article only")
    for parser in (search, ask):
        parser.add_argument("--after", type=_moment, metavar="DATE", help="published on this day or later (YYYY-MM-DD)")
        parser.add_argument("--before", type=_moment, metavar="DATE", help="published before this day")
        parser.add_argument("--publisher", metavar="NAME")
        parser.add_argument("--collection", action="append", metavar="NAME", help="default: public; may be repeated")
        parser.add_argument("--json", action="store_true", help="print JSON")
    show = _command(commands, "show", "print the stored text of articles")
    show.add_argument("articles", nargs="+", metavar="ID|URL")
    show.add_argument("--version", type=_version, metavar="N", help="as they were then (default: as they are)")
    show.add_argument("--json", action="store_true", help="print JSON, a line each")
    history = _command(commands, "history", "say what changed between the versions of articles, and when")
    _articles(history)
    history.add_argument("--json", action="store_true", help="print JSON, a line each, with the texts that are kept")


def _keeping_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    status = _command(commands, "status", "say what the archive holds")
    status.add_argument("--json", action="store_true", help="print JSON")
    doctor = _command(
        commands,
        "doctor",
        "look at settings, folder, disk, archive, models, clock and sources, and say what mends what is amiss; "
        "exit code 1 for warnings, 3 where something is wrong",
    )
    doctor.add_argument("--online", action="store_true", help="ask the sites that are watched, too")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    _command(commands, "check", "verify every passage, vector and index against the stored texts")
    _command(
        commands,
        "rebuild",
        "derive the search indexes again from the stored texts; after a change of the model, encode all of them anew "
        "beside the archive, which answers meanwhile: stopped with Ctrl-C, the next rebuild goes on",
    )
    copy = _command(
        commands,
        "copy",
        "copy a whole archive into another, either of them a folder or a PostgreSQL database (postgresql://...), "
        "without encoding anything: stopped with Ctrl-C, the next copy goes on, and at the end both are compared",
    )
    copy.add_argument("source", metavar="FROM")
    copy.add_argument("target", metavar="TO")
    for name, help_ in (
        ("backup", "write the whole archive to one file, also while it is in use"),
        ("restore", "put the archive back as a backup holds it"),
    ):
        _command(commands, name, help_).add_argument("file", type=Path, metavar="FILE")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PASSAGES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_PASSAGES}")
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number such as 1")
    return int(text)


def _version(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_VERSIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a version: they count from 1")
    return int(text)


def _cluster(text: str) -> str:
    if text not in {"auto", "local"} and not re.fullmatch(r"[\w.-]+:\d{1,5}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not local, auto or HOST:PORT")
    return text


def _age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([dwy])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not an age such as 90d, 26w or 2y")
    return min(timedelta(days=int(found[1]) * _DAYS[found[2]]), _LONGEST)


def parse_day(text: str) -> date:
    """A date such as 2025-10-26. Raises ArgumentTypeError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2025-10-26") from None


def _moment(text: str) -> datetime:
    return datetime.combine(parse_day(text), datetime.min.time(), tzinfo=UTC)
