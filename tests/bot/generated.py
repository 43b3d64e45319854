"""Articles, quotes and hits as hypothesis makes them: long, hostile to markdown, without a date, with odd addresses."""

from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st

from index import Article, Correction, Hit, Passage, Quote, StoredArticle

NOW = datetime(2025, 11, 1, tzinfo=UTC)
words = st.text(max_size=60) | st.text(alphabet="*_[]()<>@ \n\U0001f600", max_size=400) | st.just("long words " * 400)
articles = st.builds(
    Article,
    url=st.just("https://a.example/") | st.text(max_size=40) | st.just("https://a.example/" + "x(" * 600),
    title=words,
    text=words.filter(bool),
    publisher=st.none() | words,
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
stored = st.builds(StoredArticle, articles, st.just(1), st.just(NOW), st.sampled_from([None, NOW]))
corrections = st.none() | st.builds(Correction, words, st.just(1), st.sampled_from([None, NOW]))
found = stored.flatmap(
    lambda one: st.builds(
        Quote,
        *(st.just(one), st.just(0), st.just(len(one.article.text)), st.just(1.0)),
        *(st.none() | words, st.booleans(), corrections),
    )
)
hits = stored.map(lambda one: Hit(1, one, Passage(0, len(one.article.text)), 1.0))
few = settings(max_examples=40)  # they are large
