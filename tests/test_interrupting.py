"""Ctrl-C at whatever moment: the command ends by it, and nobody sees a traceback."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from inspect import getsource

import pytest

# Sends itself SIGINT where a module is looked for, as if somebody pressed Ctrl-C at that moment.
PRESSED = """
import os, signal, sys
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Pressed())
"""
COMMAND = "import sys, pullquote; sys.argv[1:] = ['--version']; sys.exit(pullquote.main())"


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["index", "numpy", "index.__main__"])
def test_ctrl_c_while_the_program_is_imported_ends_it_by_that_signal_without_a_word(module: str) -> None:
    ended = run(PRESSED.format(module=module) + COMMAND)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")


def test_who_has_ctrl_c_ignored_keeps_it_so() -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    ended = run(ignored + PRESSED.format(module="numpy") + COMMAND)
    assert (ended.returncode, ended.stdout[:9]) == (0, "pullquote")


def interrupted(_: object) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def initialised(_: object) -> None:
    """As pybind11 does, when Ctrl-C is pressed while it makes a module."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt as pressed:
        raise ImportError("initialization failed") from pressed


@pytest.mark.parametrize("stop", [interrupted, initialised])
def test_ctrl_c_later_is_told_by_the_command(stop: Callable[[object], None]) -> None:
    stopped = (
        f"import os, signal, index.__main__ as program\n{getsource(stop)}\nprogram.load_dotenv = {stop.__name__}\n"
    )
    ended = run(stopped + COMMAND)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "pullquote: Stopped. What was stored so far stays stored.\n"


def test_importing_the_library_leaves_signals_alone() -> None:
    same = "import signal; before = signal.getsignal(signal.SIGINT); import index.__main__, pullquote\n"
    assert run(same + "assert signal.getsignal(signal.SIGINT) is before").returncode == 0
