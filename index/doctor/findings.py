"""What was looked at, how it is, and what mends it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from textwrap import indent

_WIDE = 10  # characters of the longest state and of most things that are looked at


class State(StrEnum):
    """From good to bad."""

    OK = "ok"
    WARNING = "warning"  # it works, but not for long, or not as it was meant
    WRONG = "wrong"  # it does not work


_EXIT_CODES = {State.OK: 0, State.WARNING: 1, State.WRONG: 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. What is not ok always has a mend: the command to run or the setting to change."""

    looked_at: str
    state: State
    found: str
    mend: str = ""

    def __post_init__(self) -> None:
        if (self.state is State.OK) == bool(self.mend):
            raise ValueError(f"{self.looked_at} is {self.state}, and its mend is {self.mend!r}")

    @property
    def exit_code(self) -> int:
        """0 ok, 1 warning, 3 wrong."""
        return _EXIT_CODES[self.state]


def fine(looked_at: str, found: str) -> Finding:
    """It is as it should be."""
    return Finding(looked_at, State.OK, found)


def suspect(looked_at: str, found: str, mend: str) -> Finding:
    """It works, and needs somebody's eye."""
    return Finding(looked_at, State.WARNING, found, mend)


def wrong(looked_at: str, found: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(looked_at, State.WRONG, found, mend)


def worst(findings: Iterable[Finding]) -> int:
    """The exit code of all together: 0 ok, 1 warning, 3 wrong."""
    return max((one.exit_code for one in findings), default=0)


def findings_text(findings: Sequence[Finding]) -> str:
    """A line for each thing, and its mend below; at the end how many are not ok."""
    lines = [_text(one) for one in findings]
    amiss = [f"{count:,} {state}" for state in (State.WRONG, State.WARNING) if (count := _count(findings, state))]
    return "\n".join([*lines, "", f"{len(findings):,} things looked at: {', '.join(amiss) or 'all ok'}."])


def findings_json(findings: Sequence[Finding]) -> dict[str, object]:
    """What `--json` prints."""
    state = max((one.state for one in findings), key=list(State).index, default=State.OK)
    return {"state": state, "findings": [asdict(one) for one in findings]}


def _text(one: Finding) -> str:
    head = f"{one.state:<{_WIDE}}{one.looked_at:<{_WIDE}}  {one.found}"
    return f"{head}\n{indent(f'mend: {one.mend}', ' ' * (2 * _WIDE + 2))}" if one.mend else head


def _count(findings: Sequence[Finding], state: State) -> int:
    return sum(one.state is state for one in findings)
