"""The command `pullquote`: lets Ctrl-C end it without a word until `index` is imported, which takes a second or more.

No part of `index`: importing anything there imports all of it, and a library leaves signals alone.
"""

import signal
import sys


def main() -> int:
    """Run one command; its exit code. Whoever starts it with SIGINT ignored (nohup) keeps it so."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from index.__main__ import main as run  # noqa: PLC0415 - the import that takes long

    signal.signal(signal.SIGINT, handler)
    return run()


if __name__ == "__main__":
    sys.exit(main())
