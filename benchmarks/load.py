"""How many questions a second each engine answers in time: the same archive in its folder and in PostgreSQL, by turns.

python -m benchmarks.load [--archive DIR [--database URL]] [--articles N] [--rates R...] [--seconds S] [--shared FOLDER]

Questions come at rising rates, whether or not those before are answered, and none of them is asked a second time while
its answer is kept. Each engine has a process of its own with as many threads as the bot has by default, and only one is
asked at a time. PostgreSQL's server runs on the same cores as whoever asks it.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from benchmarks.arrivals import TARGET_MS, arrivals, at_target, highest
from benchmarks.command import ROOT, Row
from benchmarks.concurrency import SET, archive
from benchmarks.datasets import Shared
from benchmarks.engine import Engine, Opens, opened
from benchmarks.processes import computed_s, parent, shared_out_bytes
from benchmarks.results import write_result
from bot.settings import Settings
from index import IndexConfig
from index.news import ANSWERS_KEPT
from tests.postgres_server import running_server

RATES = (0.5, 1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32)
WARMING = 40  # questions ahead of the first, which are not timed: the server reads its tables
SEED = 7
GIVEN_UP_MS = 4 * TARGET_MS  # an engine that is so late is asked no faster
BUFFERS = "1GB"  # of a server that is started here: the whole archive, as the page cache holds the files


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it, print it and write it down; 0 also when the data is not there, as it is not part of the project."""
    options = _parser().parse_args(arguments)
    shared = Shared(options.shared)
    if not shared.has(f"{SET}-questions"):
        print(f"load: skipped, {shared.folder} does not hold the questions.")
        return 0
    questions = distinct(shared.rows(f"{SET}-questions"))
    with archive(options.archive, shared, options.articles) as folder, _database(options.database, folder) as url:
        configs = {"embedded": IndexConfig(data=folder), "postgres": IndexConfig(data=folder, database_url=url)}
        figures = run(configs, questions, options.rates, options.seconds)
    print(table(figures))
    print(f"written to {write_result('load', figures)}")
    return 0


def distinct(questions: Sequence[Row]) -> list[Row]:
    """Each question once."""
    return list({row["question"]: row for row in questions}.values())


def run(
    configs: Mapping[str, IndexConfig],
    questions: Sequence[Row],
    rates: Sequence[float],
    seconds: float,
    opens: Opens = opened,
) -> Row:
    """Every engine at every rate until it is far too late with its answers.

    Raises:
        ValueError: the archives differ, or there are so few questions that one would come again while it is kept.
    """
    threads = Settings().readers
    if len(questions) <= ANSWERS_KEPT + threads:
        raise ValueError(f"{len(questions)} questions are too few: the last {ANSWERS_KEPT} answers are kept.")
    with ExitStack() as stack:
        engines = {name: stack.enter_context(Engine(config, opens)) for name, config in configs.items()}
        held = [engine.holdings() for engine in engines.values()]
        if held[1:] != held[:-1]:
            raise ValueError(f"The archives differ: {held}.")
        for engine in engines.values():
            engine.ask(questions[-WARMING:])
        figures: Row = {**held[0], "threads": threads, "seconds": seconds, "load_before": os.getloadavg()}
        servers = {name: config.database_url for name, config in configs.items()}
        levels = _climb(engines, servers, questions, rates, seconds, threads)
        for name, engine in engines.items():
            summary = {"highest_rate": highest(levels[name]), "rate_at_target": at_target(levels[name])}
            figures[name] = summary | engine.end(questions[0]) | server_memory(servers[name]) | {"levels": levels[name]}
    return figures


def _climb(
    engines: Mapping[str, Engine],
    servers: Mapping[str, str],
    questions: Sequence[Row],
    rates: Sequence[float],
    seconds: float,
    threads: int,
) -> dict[str, list[Row]]:
    """The engines take turns in who goes first; one that was far too late is asked no faster.

    `servers` are addresses of databases, empty for an engine without: the server's processor time counts, too.
    """
    levels: dict[str, list[Row]] = {name: [] for name in engines}
    bearing, asked = list(engines), 0
    for turn, rate in enumerate(sorted(rates)):
        moments = list(arrivals(rate, seconds, SEED + turn))
        row = [questions[(asked + number) % len(questions)] for number in range(len(moments))]
        asked += len(row)
        for name in bearing[:: -1 if turn % 2 else 1]:
            before = server_computed_s(servers[name])
            level = engines[name].level(row, moments, rate, threads)
            level["server_cpu_ms"] = round(1000 * (server_computed_s(servers[name]) - before) / len(row), 1)
            print(f"{name:9} {level}", flush=True)
            levels[name].append(level)
            if level["p95_ms"] >= GIVEN_UP_MS:
                bearing.remove(name)
    return levels


def server_memory(url: str) -> Row:
    """What all processes of a server on this machine hold, with what they share counted once; nothing without one."""
    if not url:
        return {}
    with psycopg.connect(url) as connection:
        buffers = connection.execute("SHOW shared_buffers").fetchall()[0][0]
        return {"server_bytes": sum(map(shared_out_bytes, _processes(connection))), "shared_buffers": buffers}


def server_computed_s(url: str) -> float:
    """Processor time of those processes so far; 0 where there is no server."""
    if not url:
        return 0.0
    with psycopg.connect(url) as connection:
        return sum(map(computed_s, _processes(connection)))


def _processes(connection: psycopg.Connection[tuple[int, ...]]) -> list[int]:
    """The server itself and what it runs, but for workers that help with one query and are about to go."""
    lasting = "SELECT pid FROM pg_stat_activity WHERE backend_type IS DISTINCT FROM 'parallel worker'"
    pids = [pid for (pid,) in connection.execute(lasting)]
    return [parent(pids[0]), *pids]


def table(figures: Row) -> str:
    """For the terminal."""
    lines = [f"{figures['passages']:,} passages, {figures['threads']} threads, load before {figures['load_before']}"]
    for name in ("embedded", "postgres"):
        lines.append(f"{name:10}{'a second':>10}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}{'CPU ms':>10}{'load':>7}")
        lines += [
            f"{'':10}{one['rate']:>10g}{one['p50_ms']:>10.1f}{one['p95_ms']:>10.1f}{one['p99_ms']:>10.1f}"
            f"{one['cpu_ms'] + one['server_cpu_ms']:>10.1f}{one['load']:>7.1f}"
            for one in figures[name]["levels"]
        ]
        lines.append(f"in time up to {figures[name]['highest_rate']:g} a second")
    return "\n".join(lines)


@contextmanager
def _database(named: str | None, folder: Path) -> Iterator[str]:
    """The address of a database that was named, else of a copy on a server of its own, which goes again."""
    if named is not None:
        yield named
        return
    with running_server() as server:
        server.run("postgres", f"ALTER SYSTEM SET shared_buffers = '{BUFFERS}'")
        server.stop()
        server.start()
        url = server.new_database()
        print("copying the archive into PostgreSQL: name a copy with --database to spare that", flush=True)
        subprocess.run([sys.executable, "-m", "index", "copy", str(folder), url], cwd=ROOT, check=True)
        server.run(url.rpartition("/")[2], "VACUUM ANALYZE")
        yield url


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description="Measure how many questions a second are answered in time."
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with data/")
    parser.add_argument("--archive", type=Path, help="folder of an archive that is there (default: one is made)")
    parser.add_argument("--database", metavar="URL", help="PostgreSQL with a copy of it (default: one is made)")
    parser.add_argument(
        "--articles", type=int, default=1000, metavar="N", help="of 2024, where it is made (%(default)s)"
    )
    parser.add_argument("--rates", type=float, nargs="+", default=RATES, metavar="R", help="questions a second")
    parser.add_argument("--seconds", type=float, default=40.0, metavar="S", help="at each rate (default: %(default)g)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
