"""Which files a source stands for. Links that lead out of a folder are never followed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from index.types import Rejection

TEXT_SUFFIXES = frozenset({".txt"})
MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
PAGE_SUFFIXES = frozenset({".html", ".htm"})
LINES_SUFFIX = ".jsonl"
SUFFIXES = TEXT_SUFFIXES | MARKDOWN_SUFFIXES | PAGE_SUFFIXES | {LINES_SUFFIX}
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"([\w-]+\.)+[a-z]{2,}(:\d+)?/|www\.[\w-]+\.|[\w-]+\.(com|net|org)$", re.IGNORECASE)
KINDS = ".txt, .md, .html and .jsonl"


def find_files(source: str) -> Iterator[Path | Rejection]:
    """The files of a source in sorted order, or why there are none.

    In a folder, hidden entries and files of other kinds are passed over; a link is followed by nobody: what it
    points to inside the folder is read where it lies, and one that leads elsewhere is rejected.
    """
    if source.lower().startswith("feed:"):
        yield Rejection(source, "is no address: leave out feed:, and begin with http:// or https://")
        return
    if not source:
        yield Rejection(source, "no file or folder is named")  # Path("") would be the working folder
        return
    path = path_named(source)
    try:
        if not path.exists() and (reason := _why_no_path(source)):
            yield Rejection(source, reason)
        else:
            yield from _find(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        yield Rejection(shown(path), f"cannot be read: {reason.lower()}")


def path_named(source: str) -> Path:
    """The path that a source names, also as file:///path."""
    parts = urlsplit(source) if source.lower().startswith("file:///") else None
    return Path(url2pathname(parts.path)) if parts else Path(source)


def _why_no_path(source: str) -> str | None:
    """What is wrong with an address that is taken for a path; None for what looks like one."""
    if _OTHER_SCHEME.match(source):
        return "is not read: only http and https addresses are, files and folders"
    host = source.partition("/")[0]
    if _WITHOUT_SCHEME.match(source) and not Path(host).exists():
        return f"no such file or folder; did you mean https://{source}?"
    return None


def shown(path: Path) -> str:
    """The path for people: a name that is not UTF-8 gets a mark in place of what cannot be written."""
    return str(path).encode("utf-8", "replace").decode()


def _find(path: Path) -> Iterator[Path | Rejection]:
    if path.is_dir():
        yield from _find_in_folder(path)
    elif not path.exists():
        yield Rejection(shown(path), "no such file or folder")
    elif not path.is_file():
        yield Rejection(shown(path), "is neither a file nor a folder")
    elif path.suffix.lower() not in SUFFIXES:
        yield Rejection(shown(path), f"is not of a kind that is read ({KINDS})")
    else:
        yield path


def _find_in_folder(folder: Path) -> Iterator[Path | Rejection]:
    problems: list[OSError] = []
    root = Path(os.path.realpath(folder))
    found = False
    for here, folders, files in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [Path(here, name) for name in folders if Path(here, name).is_symlink()]
        entries = [Path(here, name) for name in files if not name.startswith(".")]
        for path in sorted([*links, *(entry for entry in entries if entry.suffix.lower() in SUFFIXES)]):
            found = True
            if path.is_symlink():
                yield from _judge_link(path, root)
            elif path.is_file():
                yield path
    yield from (
        Rejection(shown(Path(problem.filename)), f"cannot be read: {(problem.strerror or '').lower()}")
        for problem in problems
    )
    if not found and not problems:
        yield Rejection(shown(folder), f"holds no file of a kind that is read ({KINDS})")


def _judge_link(link: Path, root: Path) -> Iterator[Rejection]:
    """A rejection for a link that leads out of the folder or nowhere; nothing for one that stays inside."""
    try:
        target = Path(os.path.realpath(link, strict=True))
    except OSError:
        yield Rejection(shown(link), "is a symbolic link that leads nowhere")
        return
    if not target.is_relative_to(root):
        yield Rejection(shown(link), f"is a symbolic link out of the folder {shown(root)}")
