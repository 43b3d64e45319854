"""`pullquote` over the tests' local outlet: `python -m benchmarks.soaking.watching PORT COMMAND...`.

No watch of the program itself would read it: it is on loopback.
"""

import sys

from index import NewsIndex
from index.__main__ import main as pullquote
from index.articles import FetchRules
from tests.index.articles.site import Site


def main() -> int:
    """Run the command; its exit code."""
    port = int(sys.argv[1])

    def web(_: NewsIndex) -> FetchRules:
        return Site(port).rules()

    NewsIndex._web = web  # type: ignore[method-assign,assignment]  # noqa: SLF001 - the outlet stands for the internet
    return pullquote(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
