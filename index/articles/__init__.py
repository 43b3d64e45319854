"""Raw files to articles: the only place where untyped input is read. What comes out is an Article or a Rejection."""

from index.articles.sources import count_sources, read_sources

__all__ = ["count_sources", "read_sources"]
