"""A parser that says which command or option was probably meant."""

import argparse
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class ForgivingParser(argparse.ArgumentParser):
    """As argparse's own, but with what is not known it names what is written most like it."""

    def parse_known_args(self, args: Iterable[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse all; the command that finds an argument which it does not know ends here, and knows its own options."""
        options, unknown = super().parse_known_args(list(args) if args is not None else None, namespace)
        if unknown:
            meant = "".join(_did_you_mean(one.partition("=")[0], self._option_string_actions) for one in unknown)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
        return options, unknown

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            names = [str(one) for one in action.choices]
            raise argparse.ArgumentError(
                action, f"there is no {value!r}{_did_you_mean(str(value), names)} (choose from {', '.join(names)})"
            )


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    """Nothing where nothing is written like it."""
    close = get_close_matches(word, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
