"""Lines that belong to the page and not to the article: buttons, credits, advertising, links to other stories.

Every pattern matches a whole line. All of them lean to "article": a link title that is kept does little harm, a
sentence that is dropped is lost.
"""

import re

MAX_FURNITURE_CHARS = 200  # a pointer to another story, the longest kind, is no longer

_PEOPLE = (  # who made the page, without a name
    r"(?:(?:staff|guest|senior|news|web|managing)\s+)?(?:editor|writer|reporter|correspondent|contributor)s?",
    r"admin|by|author|written by|editorial (?:team|board|staff)|(?:news|web) ?desk",
    r"(?:about )?\d{1,3}\s*[- ]?min(?:ute)?s?(?: read)?(?: time)?|reading time:? .{0,20}",
)
_BUTTONS = (
    r"share|print|save|like|tweet|e-?mail|listen|follow|subscribe|menu|home|search|log ?in|sign (?:in|up)",
    r"facebook|twitter|x|whatsapp|telegram|linkedin|reddit|pinterest|instagram|youtube|flipboard|bluesky",
    r"share (?:this|on|via|with)\b[^.!?]{0,40}|copy (?:link|url)|link copied!?|print this (?:article|page)",
    r"(?:\d+\s+)?(?:comments?|shares?|views?|replies)(?:\s*\(\d+\))?|(?:leave|post|add) a (?:comment|reply)",
    r"join the conversation|(?:view|show|see|read) (?:\d+|all|the|more) comments?",
    r"(?:follow|like|join) us on [^.!?]{1,40}",
    r"skip to (?:main )?content|back to top|(?:see|load|show|view|read) more|continue reading",
    r"read the full (?:story|article)|(?:previous|next) (?:article|post|story)",
    r"related (?:articles?|stories|news|topics?|posts?)|recommended(?: for you)?|trending(?: now)?|most read",
    r"top stories|you (?:may|might) also like|more (?:from|on|in) [^.!?]{1,60}",
)
_ADVERTISING = (
    r"advertise?ment|ad|sponsored(?: content)?",
    r"(?:story|article) continues (?:below|after)(?: this)? (?:ad|advertisement)",
    r"(?:sign up|subscribe|register)\b[^.!?]{0,60}\b(?:newsletters?|alerts?|updates|inbox|free)\b[^.!?]{0,40}!?",
    r"get (?:the|our) [^.!?]{0,40}newsletter[^.!?]{0,40}|download (?:the|our) app[^.!?]{0,30}|video ad feedback\b.*",
)
_POINTERS = (
    r"(?:read (?:more|also|next)|also read|see also|related(?: stories)?)\s*[:|>»–—-].*\w.*",
    r"(?:more|watch(?: now)?|listen|go deeper|opinion|in depth|icymi)(?::\w.*|\s*[:|>»–—]\s.*[^.\s])",
)
_CREDITS = (
    r"(?:(?:file )?photos?|(?:featured )?images?|picture|pic|credit|video|caption)(?: by| credit)*\s*:[^.!?]*",
    r"\(?(?:photo|image|picture)s?(?: credit| courtesy| by)+\b:?[^.!?]{1,80}\)?|\(image credit:.*\)",
    r"[^.!?]{0,60}[/ ](?:getty images|shutterstock|istock|afp via getty images)\)?",
    r"(?:tags?|topics?|filed under|categor(?:y|ies)|keywords?|posted in)\s*:[^.!?]*",
    r"(?:copyright|©|\(c\)).{0,120}|.{0,80}all rights reserved\.?",
)
_FURNITURE = re.compile("|".join([*_PEOPLE, *_BUTTONS, *_ADVERTISING, *_POINTERS, *_CREDITS]), re.IGNORECASE)
_GLUED_LINK = re.compile(r"[^:.!]{2,70}:(?=[A-Z\"'“‘][\w'’“‘\"])[^:]*[^:.!]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_STATES_DATE = re.compile(
    r"(?:(?:first |last |originally )?(?:published|posted|updated|modified|created|date|publication date)"
    r"(?:\s+(?:on|at))?\s*[:\-–—|]?\s*)(?P<date>.{0,80})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]\.?)?")
_DATE_WORD = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|\d{1,4}(?:st|nd|rd|th)?|[ap]\.?m\.?|[ecmp][sd]?t|[bi]st|cest|utc|gmt|at|on|hours?|minutes?|mins?|days?|weeks?|months?"
    r"|ago|today|yesterday|published|posted|updated|last|just now|[tz]|h",
    re.IGNORECASE,
)


def is_furniture(line: str) -> bool:
    """Whether the line belongs to the page and not to the article."""
    if len(line) > MAX_FURNITURE_CHARS:
        return False
    bare = line.strip("[]*_ \t►▶•♦").rstrip(">» ")
    if not _LETTER_OR_DIGIT.search(bare) or _FURNITURE.fullmatch(bare):
        return True
    return _GLUED_LINK.fullmatch(bare) is not None or states_date(bare)


def states_date(line: str) -> bool:
    """Whether the line says when the page was published or updated ("Published October 26, 2025"), and no more."""
    match = _STATES_DATE.fullmatch(line)
    return match is not None and is_bare_date(match["date"])


def is_bare_date(line: str) -> bool:
    """Whether the line is a date or time and nothing else: of the page at its top, a heading of a timeline below."""
    words = _WORD.findall(line)
    return any(word[0].isdigit() for word in words) and all(_DATE_WORD.fullmatch(word) for word in words)
