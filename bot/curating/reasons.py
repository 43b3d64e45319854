"""Why a source was not taken, in the reader's language.

The index says it in English sentences, and reports keep them so. They are told apart here by their wording; one that
is not known stays English. Names, addresses, and what other programs say are shown as they are.
"""

import re

from bot.language import Language, phrase

NESTED = "reason"  # the part of a sentence that is one of these sentences, too

SENTENCES = (
    phrase("is empty"),
    phrase("has no text"),
    phrase("holds no article text"),
    phrase("holds a NUL character"),
    phrase("holds half a character ({code})"),
    phrase("is not of a kind that is read ({kinds})"),
    phrase("holds no file of a kind that is read ({kinds})"),
    phrase("is {size} MB large; {limit} MB is the limit"),
    phrase("is larger than {limit} MB"),
    phrase("is longer than {limit} bytes"),
    phrase("its {field} is {n} characters long; {limit} is the limit"),
    phrase("is beyond the {most} articles that may be here"),
    phrase("is beyond the {most} sources that may be here"),
    phrase("was just removed"),
    phrase("is a binary file, not text"),
    phrase("is a binary file, not JSON lines in UTF-8"),
    phrase("is not {encoding} text (byte {n} does not fit); save it as UTF-8"),
    phrase("is not JSON ({what} at column {n})"),
    phrase("is not JSON that can be read (a number or a nesting without end)"),
    phrase("is not a JSON object such as {example}"),
    phrase("has a {key} that is not a string"),
    phrase("its front matter is not YAML"),
    phrase("its front matter has a {key} that is not a line of text"),
    phrase("is broken gzip"),
    phrase("cannot be read: {what}"),
    phrase("no file or folder is named"),
    phrase("no such file or folder"),
    phrase("is neither a file nor a folder"),
    phrase("is a symbolic link that leads nowhere"),
    phrase("is a symbolic link out of the folder {folder}"),
    # what is no article
    phrase("is a page that asks for consent (to cookies, newsletters or the use of data)"),
    phrase("is a page that says why there is no article (an error, or a check for robots)"),
    phrase("is the beginning of an article that only subscribers can read"),
    phrase("is a live ticker without text"),
    phrase("is a page that lists other articles"),
    phrase("is in the language {language}; {wanted} is wanted"),
    phrase("its publication date {date} is not a date"),
    phrase("its publication date {date} is out of a template"),
    phrase("its publication date lies in the year {year}"),
    phrase("its publication date lies in the year {year}, before there were newspapers"),
    phrase("its publication date, {day}, is what stands where none was filled in"),
    phrase("its publication date lies in the future: {day}"),
    phrase("was withdrawn on {day}; `pullquote reinstate` ends that"),
    # what is on the web
    phrase("is no web address that can be read"),
    phrase("is no web address: it must start with http:// or https://"),
    phrase("is no web address: it has a space, a backslash or a control character in it"),
    phrase("is no address: leave out feed:, and begin with http:// or https://"),
    phrase("has a user name or password in its address"),
    phrase("is on the host {host}, which is not allowed; the setting PULLQUOTE_HOSTS names those that are"),
    phrase("is on the host {host}, which is not on the public internet"),
    phrase("is on the host {host}, which takes too long to be found"),
    phrase("is on the host {host}, which cannot be found"),
    phrase("is on the host {host}, which wants no request yet"),
    phrase("is on port {port}; only 80 and 443 are used"),
    phrase("was not asked for any more"),
    phrase("may not be read by programs, says the site's robots.txt"),
    phrase("is on a site whose robots.txt cannot be read: it {reason}"),
    phrase("is not written as such a file"),
    phrase("may be read only by people who have signed in ({status})"),
    phrase("must be paid for ({status})"),
    phrase("may not be read by us, says its server ({status})"),
    phrase("is not there ({status})"),
    phrase("was taken away for good ({status})"),
    phrase("is on a server that has had too many requests ({status}); try again later"),
    phrase("may not be shown for legal reasons, says its server ({status})"),
    phrase("is on a server that has trouble ({status}); try again later"),
    phrase("is not given out by its server ({status})"),
    phrase("leads on to other addresses more than {n} times"),
    phrase("leads on to an address that cannot be read"),
    phrase("takes too long to answer"),
    phrase("broke off before its end"),
    phrase("cannot be reached ({what})"),
    phrase("cannot be reached over a secure connection ({what})"),
    phrase("gives an answer that is no HTTP"),
    phrase("is compressed in a way that is not read ({what})"),
    phrase("is not a web page but {kind}"),
    phrase("does not say that it is a web page"),
    phrase("cannot be read as a web page ({what})"),
    # feeds and sitemaps
    phrase("is neither a page nor a feed nor a sitemap ({kind})"),
    phrase("is a feed or sitemap that names no page"),
    phrase("is a feed that is broken, and has no entry that can be read"),
    phrase("is a feed that is broken in line {n}, and too long to be guessed at"),
    phrase("is no feed that anybody would write: too many elements, or nested too deep"),
    phrase("cannot be read as a feed ({what})"),
    phrase("is no sitemap"),
    phrase("is no sitemap: its elements are nested too deep"),
    phrase("is a sitemap that is broken in line {n}"),
    phrase("is a {kind} where only a sitemap may stand"),
    phrase("declares entities of its own, which are not read"),
)


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)


# The more of a sentence is fixed, the sooner it is tried: "is not JSON …" before what any word may stand in.
_PATTERNS = tuple(
    (sentence, _pattern(sentence)) for sentence in sorted(SENTENCES, key=lambda one: (one.count("{"), -len(one)))
)


def reason(given: str, say: Language) -> str:
    """The sentence in that language, where it is known."""
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(given):
            values = {name: _value(name, value, say) for name, value in found.groupdict().items()}
            return say(sentence, **values)
    return given


def _value(name: str, value: str, say: Language) -> str | int:
    """A large number as people who speak the language write it; anything else as it is."""
    if name == NESTED:
        return reason(value, say)
    return int(value.replace(",", "")) if re.fullmatch(r"\d{1,3}(?:,\d{3})+", value) else value
