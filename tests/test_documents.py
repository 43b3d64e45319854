"""What the documents say is executed here, or compared with the program."""

import argparse
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from discord.ext.commands import Cog

from bot.__main__ import _parser as bot_parser
from bot.asking.conversations import FORGOTTEN_S, TURNS
from bot.asking.cooldowns import MOST
from bot.cogs.archive import Curator
from bot.cogs.ask import LONGEST, SHORTEST, Ask
from bot.cogs.following import Following
from bot.cogs.help import Help
from bot.cogs.latest import Latest
from bot.cogs.privacy import SWEEP_H, Privacy
from bot.cogs.search import Find
from bot.cogs.server import Server
from bot.cogs.sources import SourceCommands
from bot.doctor.permissions import NEEDED
from bot.servers.panel import KEEP_DAYS, setting_of
from bot.settings import described
from index import Answer, Article, Quote, StoredArticle
from index.__main__ import _RUNS
from index.arguments import VARIABLES, parser_for
from index.articles import count_sources, read_sources
from index.printing import answer_json, quote_json

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/decisions.md",
    "docs/privacy.md",
    "docs/operating.md",
    "docs/threats.md",
    "benchmarks/README.md",
]
SAMPLES = "samples/articles"
KINDS = {".txt", ".md", ".html", ".jsonl"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[str]:
    """The code blocks of a document."""
    return re.findall(r"^ *```\w*\n(.*?)^ *```", read(name), flags=re.DOTALL | re.MULTILINE)


def commands(name: str, program: str) -> Iterator[list[str]]:
    """The arguments of each call of a program in the code blocks of a document."""
    for line in "".join(blocks(name)).splitlines():
        if re.match(rf" *{program}(?: |$)", line):
            yield shlex.split(line, comments=True)[len(program.split()) :]


def table(first_cell: str) -> list[list[str]]:
    """The rows of the README's table whose head starts with this cell."""
    rows = re.search(rf"^\| {re.escape(first_cell)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", read("README.md"), re.MULTILINE)
    assert rows, f"there is no table of {first_cell}"
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[1].splitlines()]


def assert_parses(parser: argparse.ArgumentParser, words: list[str]) -> None:
    try:
        parser.parse_args(words)
    except SystemExit as stop:
        pytest.fail(f"{parser.prog} {shlex.join(words)} ends with {stop.code}")


@pytest.fixture(scope="module")
def samples() -> dict[str, Article]:
    """The sample articles that the README quotes from, by id."""
    found = [article for article in read_sources([str(ROOT / SAMPLES)]) if isinstance(article, Article)]
    return {article.id: article for article in found}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_pullquote_command_that_is_shown_is_one_that_the_parser_takes(name: str) -> None:
    for words in commands(name, "pullquote"):
        assert_parses(parser_for(_RUNS), words)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_call_of_the_bot_that_is_shown_is_one_that_it_takes(name: str) -> None:
    for words in commands(name, "python -m bot"):
        assert_parses(bot_parser(), words)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_pullquote_command_that_is_spoken_of_exists(name: str) -> None:
    assert set(re.findall(r"`pullquote (\w+)", read(name))) <= set(_RUNS)


def test_the_readme_shows_every_command_of_the_program() -> None:
    assert {words[0] for words in commands("README.md", "pullquote")} == set(_RUNS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    calls = [line for block in blocks(name) for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", read(name))
    named = {found[1] for call in calls if (found := re.match(r"(?:\s*[A-Z_]+=\S+)*\s*make (\w+)", call))}
    assert named <= set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))


def test_the_readme_begins_with_the_two_commands_that_need_no_set_up() -> None:
    first = [line.split("#")[0].strip() for line in blocks("README.md")[0].splitlines()]
    assert first == ["make demo", "make test"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_named_exists(name: str) -> None:
    folder = (ROOT / name).parent
    links = re.findall(r"\]\((?!\w+:|#)([^)\s#]+)", read(name))
    paths = re.findall(r"`((?:bot|index|tests|docs|samples|benchmarks|\.ci)/[\w./-]*)`", read(name))
    missing = [link for link in links if not (folder / link).exists()]
    missing += [path for path in paths if not any((at / path).exists() for at in (ROOT, folder))]
    assert not missing


def test_the_settings_table_names_every_variable_with_its_default() -> None:
    named = [(name, default) for name, default, _ in described()] + list(VARIABLES.items())
    assert [(row[0], row[1]) for row in table("variable")] == named


def test_the_settings_table_says_which_program_reads_a_variable() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "index").rglob("*.py"))
    by_the_command_line = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', sources))
    assert by_the_command_line == {row[0] for row in table("variable") if "command line" in row[2]}
    by_the_bot = {name for name, _, _ in described()}
    assert by_the_bot == {row[0] for row in table("variable") if row[2].startswith("bot")}


def _offered(groups: list[tuple[type[Cog], str]]) -> list[str]:
    return [f"/{group}{command.name}" for cog, group in groups for command in cog.__cog_app_commands__]


def test_the_table_of_commands_is_what_the_bot_offers() -> None:
    shown: list[tuple[type[Cog], str]] = [(Ask, ""), (Find, ""), (Latest, ""), (Following, "")]
    sources = [f"/archive source {one.name}" for one in SourceCommands.__discord_app_commands_group_children__]
    groups: list[tuple[type[Cog], str]] = [(Server, ""), (Privacy, ""), (Help, "")]
    offered = [*_offered([*shown, (Curator, "archive ")]), *sources, *_offered(groups)]
    assert [row[0] for row in table("in Discord")] == offered
    assert f"{SHORTEST} to {LONGEST} characters" in read("README.md")


def test_the_page_on_privacy_says_how_long_things_are_kept() -> None:
    page, keeping = read("docs/privacy.md"), setting_of(KEEP_DAYS)
    assert (TURNS, FORGOTTEN_S, SWEEP_H) == (3, 15 * 60, 24)
    assert "the last three questions" in page
    assert "15 minutes" in page
    assert "once a day" in page
    assert f"{MOST:,} others" in page
    assert keeping
    assert f"{max(keeping.choices, key=int)} at most" in page  # type: ignore[arg-type]  # all of them are numbers


def test_the_table_of_formats_is_what_is_read(tmp_path: Path) -> None:
    named = {row[0] for row in table("file")}
    assert named == KINDS
    for kind in named:
        (tmp_path / f"article{kind}").write_text("x\n", encoding="utf-8")
    assert count_sources([str(tmp_path)]) == len(KINDS)


def test_the_invitation_asks_for_the_least_permissions() -> None:
    (address,) = re.findall(r"https://discord\.com/oauth2/\S+(?=`)", read("README.md"))
    found = re.search(r"permissions=(\d+)$", address)
    assert found
    assert int(found[1]) == NEEDED.value
    assert "scope=bot+applications.commands&" in address
    assert not NEEDED.administrator


def test_the_quotes_in_the_readme_stand_in_the_samples(samples: dict[str, Article]) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", read("README.md"), flags=re.DOTALL)
    quoted = re.findall(r"((?:^  > .*\n)+) +\[\d+\].*\n +(\S+)  (\w+)$", shown, flags=re.MULTILINE)
    assert quoted
    for lines, url, article_id in quoted:
        assert samples[article_id].url == url
        words = " ".join(line.removeprefix("  > ") for line in lines.splitlines())
        assert words in " ".join(samples[article_id].text.split())


def test_the_json_in_the_readme_has_the_keys_of_the_program_and_a_quote_that_verifies(
    samples: dict[str, Article],
) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", read("README.md"), flags=re.DOTALL)
    answer = json.loads(shown)
    assert list(answer) == list(answer_json(None, "?", Answer("?", (), None, 0.0, ()), 0.0))
    (shown_quote,) = answer["quotes"]
    stored = StoredArticle(samples[shown_quote["article_id"]], shown_quote["version"], datetime.now(UTC))
    quote = Quote(
        stored, shown_quote["start"], shown_quote["end"], shown_quote["score"], speaker=shown_quote["speaker"]
    )
    assert shown_quote == quote_json(quote)


def test_the_readme_counts_the_samples_right(samples: dict[str, Article]) -> None:
    questions = len(read("samples/questions.jsonl").splitlines())
    assert f"{len(samples)} articles" in read("README.md")
    assert f"{questions} questions" in read("README.md")
    assert f"{len(samples)} sample articles" in read("CHANGELOG.md")


def test_the_newest_release_in_the_changelog_is_the_version_of_the_package() -> None:
    releases = re.findall(r"^## \[(\d[^]]*)\] - \d{4}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)
    assert releases[0] == tomllib.loads(read("pyproject.toml"))["project"]["version"]


@pytest.mark.parametrize("name", [*DOCUMENTS, "docs/architecture.svg"])
def test_no_document_names_a_registry_or_a_path_of_one_machine(name: str) -> None:
    assert not re.search(r"pypi\.|pythonhosted|download\.pytorch|huggingface\.co|/work/|/home/|/root/", read(name))


def test_the_picture_of_the_architecture_names_files_that_exist() -> None:
    named = re.findall(r">((?:index|bot)/[\w./]+)<", read("docs/architecture.svg"))
    assert named
    assert all((ROOT / path).exists() for path in named)
