"""What is read like an article and is none: pages that ask for consent, are not there, sell, list or count.

Every rule leans to "article": what is let through does little harm, an article that is refused is lost. How often a
real one is refused: docs/quality-log.md.
"""

import re
from collections.abc import Iterable, Sequence

from index.articles.lines import is_paragraph

CONSENT_SHARE = 0.5  # of all words stand in lines that ask for consent; an article about cookies quotes a line or two
CONSENT_WORDS = 1_500  # the longest banners with all their purposes; more is an article, or a law
NOTICE_WORDS = 120  # of a page that says why there is none
NOTICE_LINE_WORDS = 15
STUB_WORDS = 100  # besides the invitation to pay: a teaser; the briefest report behind no wall has no invitation
WALL_WORDS = 400  # of a stub with all that it says about subscriptions
TICKER_WORDS = 25  # of prose in a live page: fewer say no more than that it is one
LIST_MARKS = 6  # "3 hours ago", "5 min read", "Read more": an article has a few at its edges
LIST_SHARE = 0.25  # of all lines
LONG_WORDS = 45  # of a paragraph: teasers are shorter

_CONSENT = re.compile(
    r"\b(?:we|us|our partners|this (?:web)?site)\b[^.\n]{0,80}\b(?:cookies|personal data"
    r"|information on (?:a|your) device)"
    r"|\b(?:accept|reject|allow|decline) (?:all|cookies)\b|\bcookies? (?:settings|preferences|policy"
    r"|notice|consent)\b"
    r"|\bmanage (?:my |your |cookie |privacy )*(?:preferences|options|settings|choices|consent)\b"
    r"|\bprivacy (?:policy|choices|settings|notice)\b|\bwe value your privacy\b|\bbefore you continue to\b"
    r"|\b(?:your|withdraw|give|without) consent\b|\bconsent (?:to|choices)\b|\blegitimate interests?\b|\bvendors\b"
    r"|\bwir(?: und unsere (?:\d+ )?partner)? (?:verwenden|nutzen|setzen"
    r"|speichern)\b[^.\n]{0,80}\b(?:cookies|daten)\b"
    r"|\balle (?:cookies )?(?:akzeptieren|ablehnen)\b|\beinwilligung\b|\bdatenschutz(?:erklärung|einstellungen)\b"
    r"|\bnous\b[^.\n]{0,60}\b(?:utilisons|stockons)\b[^.\n]{0,60}\bcookies\b|\btout (?:accepter"
    r"|refuser)\b|\bvotre consentement\b"
    r"|\b(?:utilizamos|usamos)\b[^.\n]{0,60}\bcookies\b|\b(?:aceptar|rechazar) todo\b|\bsu consentimiento\b"
    r"|\b(?:utilizziamo|usiamo)\b[^.\n]{0,60}\bcookie\b|\b(?:accetta|rifiuta) tutt[oi]\b|\bwij gebruiken cookies\b",
    re.IGNORECASE,
)
_ASKING = ("cookie", "consent", "einwilligung", "privacy", "partner")  # looked for first: many times faster
_NOTICE = re.compile(
    r"(?:just a moment|attention required|access (?:to this page has been )?denied|are you (?:a )?(?:robot|human)"
    r"|(?:error )?(?:40[0134]|410|429|50[0234])(?: error)?(?:\W+(?:page )?(?:forbidden|not found"
    r"|unauthorized|gone|too many"
    r" requests|(?:internal )?server error|bad gateway|service unavailable|gateway timeout))?"
    r"|(?:sorry\W+)?(?:this |the |that )?page (?:you (?:requested|are looking for) )?(?:was |could "
    r"|can)?(?:[’']t|not| no longer)"
    r"(?: be)? (?:found|available|exists?)|page not found|(?:file|article) not found|seite nicht gefunden"
    r"|página no encontrada|page (?:introuvable|non trouvée)|pagina non trovata"
    r"|(?:checking|verifying) (?:if |that )?(?:you(?:r browser| are (?:a )?human)|the site connection).*"
    r"|verify (?:that )?you are (?:a )?human.*|(?:our systems have detected )?unusual (?:traffic|activity) from.*"
    r"|(?:please )?(?:enable|turn on) (?:javascript|cookies|js)\b.*|(?:this (?:site|page|app) "
    r"|you need to )?requires? javascript.*"
    r"|you need to enable javascript.*|service unavailable|too many requests|maintenance mode)"
    r"[\s.!?…]*(?:[|–—-].*)?",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"\b(?:subscribe|sign in|log ?in|register|sign up|join)\b[^.!?\n]{0,60}?\b(?:to|and)"
    r" (?:continue|keep|finish|unlock|access|read (?:the|this) (?:full|rest|whole|article|story)"
    r"|get (?:full|unlimited))\b"
    r"|\bto (?:continue|keep|finish) reading\b|\bcontinue reading (?:this|the|your) (?:article|story)\b"
    r"|\b(?:article|story|content|page) is (?:only |exclusively )?(?:available )?(?:for|to|reserved for)"
    r" (?:our )?(?:paying |premium |registered |paid )?(?:subscribers|members)\b"
    r"|\balready (?:an? )?(?:subscriber|subscribed|member)\s*\?|\b(?:subscribers?"
    r"|members?)[ -]only (?:article|story|content)\b"
    r"|\byou(?:[’']ve| have) (?:reached|used|read)[^.\n]{0,40}\b(?:limit|free articles?)"
    r"|\bfree articles? (?:left|remaining|this month)\b|\bsubscribe to read\b"
    r"|\bnur für abonnent|\bbereits abonnent|\bweiterlesen mit\b|\bjetzt abonnieren\b|\bréservé aux abonnés\b"
    r"|\bil vous reste [\d.,]+ ?% de cet article\b|\b(?:exclusivo|solo) para suscriptores\b|\bpara seguir leyendo\b",
    re.IGNORECASE,
)
_LIVE = re.compile(
    r"\blive(?:\s?blog|\s?ticker)?\b(?:\s*[:|–—-]|\s+(?:updates?|blog|ticker|coverage|scores?|results)\b"
    r"|\s*$)|^live\b"
    r"|\b(?:live)?ticker\b|\bminuto a minuto\b|\ben (?:direct|directo|vivo)\b|\bas it happen(?:ed|s)\b",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(
    r"(?:(?:updated|published|posted|by .{2,40}) *[|·•,-]? *)?(?:about |an? )?(?:\d+ )?(?:min(?:ute)?"
    r"|hour|hr|day|week|month)s? ago"
    r"|\d{1,3}[ -]?min(?:ute)?s? read|read (?:more|full (?:story|article)|on)[ .…»>→]*"
    r"|continue reading[ .…»>→]*|more[ .…»>→]+"
    r"|(?:load|show|see) more(?: (?:stories|articles|news))?|(?:older|newer|next|previous) (?:posts|page"
    r"|articles|stories)"
    r"|page \d+ of \d+|see all|view all",
    re.IGNORECASE,
)


def why_no_article(title: str, lines: Iterable[str]) -> str | None:
    """Why this is none: it asks for consent, is an error, sells access, lists others, or is a ticker without text.

    None for what may be an article. `lines` are its paragraphs and other lines; blank ones do not count.
    """
    text = [line.strip() for line in lines if line.strip()]
    words = _count(text)
    rules = (_asks_for_consent, _is_a_notice, _is_a_stub, _is_an_empty_ticker, _is_a_list)
    return next((reason for rule in rules if (reason := rule(title, text, words))), None)


def _asks_for_consent(title: str, text: Sequence[str], words: int) -> str | None:
    if words > CONSENT_WORDS:
        return None
    folded = "\n".join((title, *text)).casefold()
    if not any(word in folded for word in _ASKING):
        return None
    asking = _count(line for line in text if _CONSENT.search(line))
    return (
        "is a page that asks for consent (to cookies, newsletters or the use of data)"
        if asking >= CONSENT_SHARE * words
        else None
    )


def _is_a_notice(title: str, text: Sequence[str], words: int) -> str | None:
    said = [line for line in (title, *text[:3]) if len(line.split()) <= NOTICE_LINE_WORDS]
    if words <= NOTICE_WORDS and any(map(_NOTICE.fullmatch, said)):
        return "is a page that says why there is no article (an error, or a check for robots)"
    return None


def _is_a_stub(title: str, text: Sequence[str], words: int) -> str | None:
    if words > WALL_WORDS:
        return None
    rest = [line for line in text if not _WALL.search(line)]
    walled = len(rest) < len(text) or _WALL.search(title)
    return (
        "is the beginning of an article that only subscribers can read"
        if walled and _count(rest) < STUB_WORDS
        else None
    )


def _is_an_empty_ticker(title: str, text: Sequence[str], _words: int) -> str | None:
    if not _LIVE.search(title):
        return None
    prose = _count(line for line in text if is_paragraph(line))
    return "is a live ticker without text" if prose < TICKER_WORDS else None


def _is_a_list(_title: str, text: Sequence[str], _words: int) -> str | None:
    marks = sum(_LIST_MARK.fullmatch(line) is not None for line in text)
    if marks < max(LIST_MARKS, LIST_SHARE * len(text)) or any(len(line.split()) > LONG_WORDS for line in text):
        return None
    return "is a page that lists other articles"


def _count(lines: Iterable[str]) -> int:
    return sum(len(line.split()) for line in lines)
