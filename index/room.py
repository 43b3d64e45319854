"""How much a collection may hold: what comes beyond that is rejected, what only changes is not."""

from collections.abc import Callable, Iterable, Iterator

from index.types import Article, Rejection


def fitting(
    articles: Iterable[Article | Rejection], held: int, most: int, is_there: Callable[[str], bool]
) -> Iterator[Article | Rejection]:
    """What is given, with new articles rejected once `held` and those before them have come to `most`.

    `is_there` tells of an id whether the collection has the article already: then it takes no room.
    """
    new: set[str] = set()
    for article in articles:
        if isinstance(article, Rejection) or article.id in new or is_there(article.id):
            yield article
        elif held + len(new) < most:
            new.add(article.id)
            yield article
        else:
            yield Rejection(article.url, f"is beyond the {most:,} articles that may be here")
