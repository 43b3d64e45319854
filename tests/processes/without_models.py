"""Bot or command line as they are, but for the models: `python -m tests.processes.without_models bot|index …`."""

import sys

from bot.__main__ import main as bot
from index import news
from index.__main__ import main as pullquote
from tests.fakes import WordEncoder, WordReader


def main() -> int:
    news.open_encoder = lambda *_: WordEncoder()  # type: ignore[attr-defined]  # no model is loaded
    news.LearnedReader = lambda *_: WordReader()  # type: ignore[attr-defined,assignment]  # nor this one
    program, *arguments = sys.argv[1:]
    return bot(arguments) if program == "bot" else pullquote(arguments)


if __name__ == "__main__":
    sys.exit(main())
