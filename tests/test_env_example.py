import re
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

from bot.settings import Settings, described
from index.arguments import VARIABLES

EXAMPLE = (Path(__file__).resolve().parent.parent / ".env.example").read_text(encoding="utf-8")
UNCOMMENTED = re.sub(r"(?m)^#(?=[A-Z_]+=)", "", EXAMPLE)


def test_the_example_as_it_stands_sets_nothing() -> None:
    assert dotenv_values(stream=StringIO(EXAMPLE)) == {}


def test_the_example_names_every_setting_and_no_other() -> None:
    assert list(dotenv_values(stream=StringIO(UNCOMMENTED))) == [
        *(variable for variable, _, _ in described()),
        *VARIABLES,
    ]


def test_the_values_in_the_example_are_the_defaults() -> None:
    assert Settings.read(dotenv_values(stream=StringIO(UNCOMMENTED))) == Settings()
    defaults = {variable: default for variable, default, _ in described()} | VARIABLES
    assert dotenv_values(stream=StringIO(UNCOMMENTED)) == defaults


def test_every_variable_has_a_line_of_explanation_above_it() -> None:
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"#[A-Z_]+=", line):
            assert re.match(r"# \S", lines[number - 1])
