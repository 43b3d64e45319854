"""The command `pullquote`, same as `python -m index`: composition root and command line."""

import argparse
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from dotenv import load_dotenv
from tqdm import tqdm

from index import (
    EVERY_HOST,
    ArchiveUnusable,
    BadQuestion,
    ClusterUnusable,
    Filters,
    GuestRules,
    IndexConfig,
    ModelUnusable,
    NewsIndex,
    NoEvidence,
    Progress,
    Turn,
    editing,
    parse_hosts,
    parse_languages,
)
from index.archives import archive_exists, open_archive, open_errands, open_records
from index.arguments import MOST_OF_GUESTS, USUAL, Run, parse_day, parser_for
from index.ask import clean
from index.cluster import open_cluster
from index.config import BUNDLED_MODEL, BUNDLED_READER, CONTACT, PRECISIONS
from index.copying import copy_archive, copy_records
from index.doctor.command import run_doctor
from index.listening import Listening, parse_listening
from index.places import database_named, folder_named, is_database
from index.printing import answer_json, answer_text, counted, hit_json, hits_text, status_json, status_text
from index.unknown_names import unknown_names
from index.watch_commands import parse_span, run_source, run_watch, tell_rejected
from index.watch_measures import told_at

DONE, SOME_REJECTED, USAGE, UNUSABLE = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 some sources rejected, 2 usage, 3 archive unusable."""
    try:
        load_dotenv(Path.cwd() / ".env")
        options = parser_for(_RUNS).parse_args(arguments)
        _settle_place(options)
        return int(options.run(options))
    except BadQuestion as error:
        return _fail(str(error), USAGE)
    except (ArchiveUnusable, ModelUnusable, ClusterUnusable) as error:
        return _fail(str(error), UNUSABLE)
    except (KeyboardInterrupt, ImportError) as error:
        if isinstance(error, ImportError) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise  # not what OpenVINO makes of Ctrl-C while it is imported
        return _fail("Stopped. What was stored so far stays stored.", 130)
    except BrokenPipeError:  # `pullquote … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _settle_place(options: argparse.Namespace) -> None:
    """What `--data` stands for where it is not given; that it does little beside a database is said."""
    if options.data is None:
        options.data = os.environ.get("PULLQUOTE_DATA") or "data"
    elif os.environ.get("PULLQUOTE_DATABASE_URL") and options.run is not _copy:
        print("pullquote: the archive is the database in PULLQUOTE_DATABASE_URL, and not in --data.", file=sys.stderr)


def _fail(sentence: str, code: int) -> int:
    print(f"pullquote: {sentence}", file=sys.stderr)
    return code


def _precision() -> str:
    named = os.environ.get("PULLQUOTE_PRECISION") or PRECISIONS[0]
    if named not in PRECISIONS:
        raise BadQuestion(f"PULLQUOTE_PRECISION is {named!r}: it must be one of {', '.join(PRECISIONS)}.")
    return named


def _every(options: argparse.Namespace) -> timedelta:
    """How often a new source is looked at."""
    named = os.environ.get("PULLQUOTE_EVERY") or USUAL
    try:
        return options.every or parse_span(named)
    except argparse.ArgumentTypeError as error:
        raise BadQuestion(f"PULLQUOTE_EVERY: {error}.") from None


def _listening() -> Listening | None:
    """Where figures are told."""
    named = os.environ.get("PULLQUOTE_METRICS") or ""
    try:
        return parse_listening(named) if named.strip() else None
    except ValueError as error:
        raise BadQuestion(f"PULLQUOTE_METRICS is {named!r}: {error}.") from None


def _guests() -> GuestRules:
    """What servers' own sources may bring: by the settings of the bot, which are read from the same place."""
    try:
        hosts = parse_hosts(os.environ.get("PULLQUOTE_HOSTS") or "")
        return GuestRules(hosts, int(os.environ.get("PULLQUOTE_SERVER_ARTICLES") or MOST_OF_GUESTS))
    except ValueError as error:
        sys.exit(_fail(f"PULLQUOTE_HOSTS or PULLQUOTE_SERVER_ARTICLES cannot be used: {error}.", USAGE))


def _config(options: argparse.Namespace) -> IndexConfig:
    """What the settings say. Raises BadQuestion where one cannot be used."""
    config = IndexConfig(
        data=folder_named(options.data),
        database_url=database_named(os.environ.get("PULLQUOTE_DATABASE_URL") or ""),
        model=os.environ.get("PULLQUOTE_MODEL") or BUNDLED_MODEL,
        reader=os.environ.get("PULLQUOTE_READER") or BUNDLED_READER,
        reranker=os.environ.get("PULLQUOTE_RERANKER") or BUNDLED_READER,
        precision=_precision(),
        hosts=(EVERY_HOST,),  # who types an address means it
        contact=os.environ.get("PULLQUOTE_CONTACT") or "",
    )
    try:
        config = replace(config, languages=parse_languages(os.environ.get("PULLQUOTE_LANGUAGES") or ""))
    except ValueError as error:
        raise BadQuestion(f"PULLQUOTE_LANGUAGES: {error}.") from None
    if not re.fullmatch(CONTACT, config.contact):
        raise BadQuestion("PULLQUOTE_CONTACT must be a web or mail address: it is told to every site.")
    if threshold := os.environ.get("PULLQUOTE_MIN_CONFIDENCE"):
        try:
            config = replace(config, min_confidence=float(threshold))
        except ValueError:
            config = replace(config, min_confidence=math.nan)
        if not 0 <= config.min_confidence <= 1:
            raise BadQuestion(f"PULLQUOTE_MIN_CONFIDENCE is {threshold!r}: it must be a number from 0 to 1.")
    return config


def _existing(options: argparse.Namespace) -> NewsIndex:
    config = _config(options)
    if not NewsIndex.exists(config):
        place = "the database that PULLQUOTE_DATABASE_URL names" if config.database_url else str(config.data)
        another = "it" if config.database_url else "--data"
        raise ArchiveUnusable(
            f"There is no archive in {place}: run `pullquote add SOURCE` first, or name another with {another}."
        )
    return NewsIndex.open(config)


class _Bar:
    """A progress bar on a terminal, silence elsewhere."""

    def __init__(self) -> None:
        self._bar = tqdm(disable=not sys.stderr.isatty(), unit=" articles", leave=False)

    def __call__(self, progress: Progress) -> None:
        self._bar.set_description(progress.stage, refresh=False)
        self._bar.total = progress.total
        self._bar.update(progress.done - self._bar.n)

    def tell(self, sentence: str) -> None:
        """On a line of its own, above the bar."""
        self._bar.write(f"pullquote: {sentence}", file=sys.stderr)

    def close(self) -> None:
        self._bar.close()


@contextmanager
def _encoding(options: argparse.Namespace, bar: _Bar) -> Iterator[NewsIndex]:
    """The archive, with the encoder on a cluster if one is named."""
    config = _config(options)
    if not options.ray:
        yield NewsIndex.open(config)
        return
    bar(Progress("starting workers", 0, None))
    with open_cluster(options.ray, config.model, config.precision, tell=bar.tell) as encoder:
        yield NewsIndex.open(config, encoder=encoder, lanes=encoder.lanes)


def _add(options: argparse.Namespace) -> int:
    started = time.monotonic()
    bar = _Bar()
    try:
        with _encoding(options, bar) as index:
            report = index.add_sources(options.sources, collection=options.collection, on_progress=bar)
    finally:
        bar.close()
    seconds = time.monotonic() - started
    print(
        f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{len(report.rejected):,} rejected; {report.words:,} words in {seconds:.1f} s"
    )
    if report.repeated:
        print(f"{report.repeated:,} came more than once under one URL with different texts: the last was kept")
    tell_rejected(report.rejected)
    return SOME_REJECTED if report.rejected else DONE


def _watch(options: argparse.Namespace) -> int:
    options.every, options.guests = _every(options), _guests()
    listening = _listening()
    bar = _Bar()
    try:
        config = _config(options)
        index = _existing(options) if options.once and not options.sources else NewsIndex.open(config)
        with told_at(listening, index) as on_round:
            return run_watch(index, options, bar, on_round, open_errands(config))
    finally:
        bar.close()


def _source(options: argparse.Namespace) -> int:
    if options.action != "add":
        return run_source(_existing(options), options)
    options.every = _every(options)
    return run_source(NewsIndex.open(_config(options)), options)


def _check_days(options: argparse.Namespace) -> None:
    """Raises BadQuestion where no day lies between the two."""
    if options.after and options.before and options.after > options.before:
        days = f"--after {options.after:%Y-%m-%d} is later than --before {options.before:%Y-%m-%d}"
        raise BadQuestion(f"{days}: no day is between them.")


def _filters(index: NewsIndex, options: argparse.Namespace, article: str | None = None) -> Filters:
    filters = Filters(after=options.after, before=options.before, publisher=options.publisher)
    if options.collection:
        filters = replace(filters, collections=tuple(options.collection))
    if not article:
        return filters
    ids = editing.known_ids(index, article)
    readable = [one for one in ids if (s := index.show(one)) and s.article.collection in filters.collections]
    if not readable:
        raise BadQuestion(f"There is no article {article} in the collections {', '.join(filters.collections)}.")
    return replace(filters, article=readable[0])


def _doubt(index: NewsIndex, options: argparse.Namespace) -> None:
    """Where nothing is found: say what was asked for and is not there at all."""
    for sentence in unknown_names(index, options.publisher, options.collection):
        print(f"pullquote: {sentence}", file=sys.stderr)


def _search(options: argparse.Namespace) -> int:
    _check_days(options)
    index = _existing(options)
    hits = index.search(" ".join(options.query), options.k, _filters(index, options))
    if not hits:
        _doubt(index, options)
    print(json.dumps([hit_json(hit) for hit in hits], ensure_ascii=False) if options.json else hits_text(hits))
    return DONE


def _ask(options: argparse.Namespace) -> int:
    if (options.batch is None) == (not options.question):
        return _fail("ask takes a QUESTION or --batch FILE.", USAGE)
    _check_days(options)
    index = _existing(options)
    if options.batch is not None:
        _doubt(index, options)  # once for all rows
        index.warm()  # so that `elapsed_ms` is what a question takes, and not what loading does
        return _ask_batch(index, options)
    question, filters = clean(" ".join(options.question)), _filters(index, options, options.article)
    index.warm()  # after what can be refused without it
    history: list[Turn] = []
    for earlier in options.following:
        history.append(Turn.of(index.ask(earlier, options.asked_on, filters, history=history)))
    started = time.perf_counter()
    answer = index.ask(question, options.asked_on, filters, history=history)
    if not answer.hits:
        _doubt(index, options)
    if options.json:
        print(json.dumps(answer_json(None, question, answer, _since(started)), ensure_ascii=False))
    else:
        print(answer_text(answer, completed=None if answer.question == question else answer.question))
    return DONE


def _ask_batch(index: NewsIndex, options: argparse.Namespace) -> int:
    """One JSON line a row, in order. A row that cannot be asked is declined and names its error."""
    refused: list[str] = []
    for line in _lines(options.batch):
        started = time.perf_counter()
        row = _row(line)
        question = str(row.get("question") or "")
        try:
            day = parse_day(str(row["asked_on"])) if row.get("asked_on") else options.asked_on
            filters = _filters(index, options, str(row["article"]) if row.get("article") else options.article)
            answer = index.ask(question, day, filters, history=_turns(row))
            result = answer_json(row.get("id"), clean(question), answer, _since(started))
        except (BadQuestion, ValueError, argparse.ArgumentTypeError) as error:
            why = str(error) if "question" in row else 'The row is no JSON object with a "question".'
            result = answer_json(row.get("id"), question, NoEvidence(question, 0.0, ()), _since(started)) | {
                "error": why
            }
            refused.append(why)
        print(json.dumps(result, ensure_ascii=False), flush=True)
    if refused:
        rows = counted(len(refused), "row")
        return _fail(f'{rows} could not be asked; each line has its "error", the first: {refused[0]}', SOME_REJECTED)
    return DONE


def _lines(file: str) -> Iterator[str]:
    try:
        with open(file, encoding="utf-8") as lines:  # noqa: PTH123  pipes such as /dev/stdin too
            yield from (line for line in lines if line.strip())
    except OSError as error:
        raise BadQuestion(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadQuestion(f"{file} is not UTF-8 text.") from error


def _row(line: str) -> dict[str, object]:
    """The row, empty when the line holds none."""
    try:
        row = json.loads(line)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _turns(row: dict[str, object]) -> list[Turn]:
    """The conversation before the question, oldest turn first."""
    told = row.get("history") or []
    if not isinstance(told, list) or not all(isinstance(turn, dict) and turn.get("question") for turn in told):
        raise BadQuestion('The "history" of the row is no list of {"question", "answer"}.')
    return [Turn(str(turn["question"]), str(turn.get("answer") or "")) for turn in told]


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


def _status(options: argparse.Namespace) -> int:
    status = _existing(options).status()
    print(json.dumps(status_json(status)) if options.json else status_text(status))
    return DONE


def _check(options: argparse.Namespace) -> int:
    problems = _existing(options).check()
    for problem in problems:
        print(problem)
    if not problems:
        print("The archive is sound.")
    return UNUSABLE if problems else DONE


def _doctor(options: argparse.Namespace) -> int:
    return run_doctor(partial(_config, options), options, os.environ)


def _rebuild(options: argparse.Namespace) -> int:
    bar = _Bar()
    try:
        _existing(options).rebuild(on_progress=bar)
    except KeyboardInterrupt:
        return _fail("Stopped. The archive is as it was; what was encoded is kept, and the next rebuild goes on.", 130)
    finally:
        bar.close()
    print("Rebuilt.")
    return DONE


def _backup(options: argparse.Namespace) -> int:
    file, data = options.file.resolve(), Path(options.data).resolve()
    if file.is_dir() or file.is_relative_to(data):
        return _fail(f"{options.file} is a folder, or lies in the archive's own: name a file elsewhere.", USAGE)
    index, replaced = _existing(options), file.exists()
    index.backup(options.file)
    print(f"The archive is in {options.file}{', in place of what was in that file' if replaced else ''}.")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    config = _config(options)
    before = NewsIndex.restore(config, options.file)
    held = counted(NewsIndex.open(config).status().articles, "article")
    if before == 0:
        print(f"The archive in {options.data} is as {options.file} holds it: {held}.")
    else:
        lost = "could not be read" if before is None else f"held {counted(before, 'article')}"
        print(f"The archive in {options.data} {lost}; it is now as {options.file} holds it: {held}.")
    return DONE


def _copy(options: argparse.Namespace) -> int:
    configs = [_named(options, name) for name in (options.source, options.target)]
    if not archive_exists(configs[0]):
        raise ArchiveUnusable("There is no archive to copy: name its folder, or the address of its database.")
    if options.source == options.target:
        return _fail("Name two archives: this would copy one onto itself.", USAGE)
    bar = _Bar()
    try:
        done = copy_archive(*map(open_archive, configs), on_progress=bar)
        done = replace(done, records=copy_records(*map(open_records, configs)))
    except KeyboardInterrupt:
        return _fail("Stopped. What was copied stays copied, and the next copy goes on.", 130)
    finally:
        bar.close()
    print(
        f"{counted(done.copied, 'article')} copied, {done.passed_over:,} there already, "
        f"{counted(done.sources, 'source')} added; both archives hold the same. "
        f"{counted(done.records, 'record')} of the bot copied."
    )
    return DONE


def _named(options: argparse.Namespace, name: str) -> IndexConfig:
    """The archive under an address, or in a folder."""
    config = _config(options)
    if is_database(name):
        return replace(config, database_url=name)
    return replace(config, data=folder_named(name), database_url="")


def _edit(run: Callable[[NewsIndex, argparse.Namespace], int], options: argparse.Namespace) -> int:
    """One of the commands about what becomes of articles."""
    return run(_existing(options), options)


_RUNS: dict[str, Run] = {
    "add": _add,
    "watch": _watch,
    "source": _source,
    "search": _search,
    "ask": _ask,
    "status": _status,
    "check": _check,
    "doctor": _doctor,
    "rebuild": _rebuild,
    "copy": _copy,
    "backup": _backup,
    "restore": _restore,
    **{name: partial(_edit, run) for name, run in editing.RUNS.items()},
}

if __name__ == "__main__":
    sys.exit(main())
