"""The words by which news tells who speaks: verbs of saying, titles and roles, and what stands around them."""

_REGULAR = """
acknowledge add admit advise affirm agree allege announce answer argue ask assert assure bemoan bellow boast brag
caution chant charge chide claim comment complain concede conclude confess confirm contend continue counter crow cry
deadpan declare decry demand deny disclose elaborate emphasise emphasize exclaim explain fume gripe gush implore
indicate inform insist instruct interject joke lament lecture maintain marvel moan mock muse mutter note observe opine
plead pledge predict proclaim promise quip rail rant reaffirm reason recall recommend recount reflect reiterate
remark remind repeat reply report respond retort reveal scoff scream shout sigh snark sneer specify state stress suggest
surmise testify tout tweet urge vent venture volunteer vow wail warn whisper wonder worry yell email text blog
"""
_IRREGULAR = (
    "said say says told tell tells wrote write writes swore swears quipped admitted retweeted pled argue insist warn"
)
# Verbs that say nothing by themselves, but do right beside a quotation.
_BESIDE = """
began begins begin went goes put puts read reads laughed smiled nodded shrugged thought thinks posted posts offered
offers concluded finished closed summed spoke chimed snapped fired shot declared noted answers pointed points added
claimed continues called asks agrees jokes cracked quoted quotes believes
"""


def _forms(verb: str) -> tuple[str, str, str]:
    """Past, third person and participle of a regular verb: "deny" gives denied, denies, denying."""
    if verb.endswith("e"):
        return verb + "d", verb + "s", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2] not in "aeo":
        return verb[:-1] + "ied", verb[:-1] + "ies", verb + "ing"
    return verb + "ed", verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s"), verb + "ing"


_INFLECTED = [_forms(verb) for verb in _REGULAR.split()]
SAYING = frozenset({form for past, third, _ in _INFLECTED for form in (past, third)} | set(_IRREGULAR.split()))
BESIDE = SAYING | frozenset(_BESIDE.split())
SAYING_ON = frozenset(
    {form for *_, form in _INFLECTED} | set("saying telling writing swearing admitting quipping".split())
)
CALLING = frozenset("called calls dubbed described describes labeled labelled deemed branded".split())
CALLING_ON = frozenset("calling dubbing describing labeling labelling deeming branding".split())

PERSONAL = frozenset("he she they it".split())
NOBODY = frozenset(
    """others i we you there this that these those what which who whom everyone everybody nobody someone somebody anyone
    no none neither nothing something here where when why how me him her us them himself herself themselves
    asked having being enough much whatever pressed half majority most nearly roughly percent""".split()
)
DETERMINERS = frozenset(
    """a an the one another some several many both two three four five his her their its our other each every few
    all dozens hundreds""".split()
)
PREPOSITIONS = frozenset(
    """of for at from with in on to by against about under over within near into through during after before since
    until between among amid despite without via around across like per behind""".split()
)
JOINTS = frozenset(
    """that as while when because but if although though after before since whereas where until whether how what
    yet so than or nor whom which""".split()
)
OPENERS = frozenset(
    """but and so yet still then later also meanwhile instead however today yesterday even indeed nevertheless
    nonetheless moreover furthermore additionally now earlier afterward afterwards finally again elsewhere
    separately similarly likewise plus or monday tuesday wednesday thursday friday saturday sunday first second
    next""".split()
)
BETWEEN = frozenset(
    """also then later once has had have again recently still simply only just even famously first now previously
    further instead both all himself herself themselves already always often soon eventually""".split()
)
BEING = frozenset("was were is are be been being am isn got gets".split())  # "she was asked": she does not speak
HAVING = frozenset("has have had will did does do".split())
NOUNS = frozenset(
    "claims reports comments notes remarks answers charges demands promises pledges states worries".split()
)
CUT = frozenset("sent given made seen shown held out".split())  # after the noun: "a memo sent by"
DENIED = frozenset("not never n't hardly would should may might could can will cannot must".split())
TITLES = frozenset(
    """mr mrs ms dr sen sens rep reps gov govs gen lt col sgt capt cmdr adm maj rev prof hon pres sec sir dame lord
    lady judge justice""".split()
)
ROLES = frozenset(
    """president vice-president spokesman spokeswoman spokesperson chairman chairwoman chairperson chair chief head
    secretary minister senator representative congressman congresswoman governor mayor general colonel captain
    sergeant lieutenant officer sheriff deputy detective ambassador envoy attorney lawyer counsel professor
    candidate nominee contender hopeful frontrunner front-runner runner-up rival strategist analyst economist
    historian scientist journalist columnist correspondent anchor host co-host pundit commentator critic
    pollster operative aide advisor adviser assistant associate manager director executive ceo founder
    co-founder owner partner billionaire millionaire businessman businesswoman mogul tycoon activist advocate
    organizer volunteer voter supporter surrogate delegate donor backer ally colleague friend wife husband gm
    ceo son daughter brother sister mother father uncle aunt cousin widow coach player star singer actor actress
    comedian comic musician rapper director producer artist athlete legend champion student teacher principal
    superintendent doctor nurse physician surgeon psychologist psychiatrist researcher expert specialist scholar
    fellow author writer novelist poet biographer blogger pastor bishop cardinal archbishop priest rabbi imam
    judge prosecutor commissioner councilman councilwoman councilmember treasurer comptroller legislator
    lawmaker leader whip speaker premier chancellor member veteran resident neighbor neighbour retiree farmer
    worker driver owner engineer consultant lobbyist agent inspector investigator republican democrat democratic
    independent libertarian conservative liberal socialist congressional presidential editor publisher reporter
    moderator coordinator administrator staffer official boss mom dad man woman firefighter trooper witness
    victim survivor meteorologist forecaster geologist epidemiologist virologist""".split()
)
DAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday today yesterday tonight earlier later last this
    late early recently again""".split()
)
TOLD = frozenset("told tells assured assures informed informs reminded reminds".split())
SPEECHES = frozenset("comment comments remark remarks statement announcement warning claim message response".split())
ORGANISATIONS = frozenset(
    """agency army association authority bank board bureau center centre church city club college commission
    committee company congress corp corporation council county court department fed foundation group guardian
    herald house inc institute journal league ministry nations navy network news organization office party
    pentagon police post press reserve school senate service society state states street times today tribune
    union university""".split()
)
# First names and titles that settle which pronoun is meant; an unlisted one settles nothing.
MEANT_BY = {
    "he": frozenset(
        """mr sir king prince pope spokesman chairman congressman businessman actor father brother son husband adam
        alan albert alexander andrew anthony antony barack ben benjamin bernie bill bob boris brad brandon brian
        bruce carl charles christopher chuck colin craig dan daniel dave david dennis dmitry donald doug douglas
        ed eddie edward elon emmanuel eric eugene frank fred gary gavin george gerald greg gregory harold harry
        henry howard ian jack jacob james jason jay jeb jeff jeffrey jerry jim jimmy joe joel john jon jonathan
        jose joseph josh joshua juan justin keith ken kenneth kevin kyle larry lawrence luis marc marco mark
        martin matt matthew michael mike mitch mitt mohammed nathan neil nicholas nick patrick paul pete peter
        phil philip ralph ray raymond rex richard rick rob robert roger ron ronald roy rudy russell ryan sam
        samuel scott sean sergei sergey stephen steve steven stuart ted thomas tim timothy todd tom tony travis
        tyler victor vince vladimir volodymyr walter warren wayne will william xi zachary""".split()
    ),
    "she": frozenset(
        """mrs ms miss queen princess dame lady spokeswoman chairwoman congresswoman businesswoman actress mother
        sister daughter wife alice alison allison amanda amber amy andrea angela ann anna anne annie barbara
        beth betty beyonce brittany carly carol caroline carolyn catherine cheryl christina christine cindy
        claire cynthia danielle deborah debra denise diana diane dianne donna dorothy elena elizabeth ellen
        emily emma erin evelyn frances gloria hannah heather heidi helen hillary hope huma ivanka jane janet
        janice jeanne jennifer jenny jessica jill joan joanna joyce judith judy julia julie kamala karen kate
        katherine kathleen kathryn kathy katie kellyanne kimberly kristen kristin laura lauren linda lisa liz
        loretta lori margaret maria marie marilyn martha mary megan meghan melania melissa michelle monica nancy
        natalie nicole nikki olivia pamela patricia patty paula rachel rebecca rose ruth samantha sandra sara
        sarah sharon shirley sonia sophia stephanie stormy sue susan tammy teresa theresa tiffany tina valerie
        vanessa veronica victoria virginia wendy whitney""".split()
    ),
}
FUNCTION_WORDS = (
    PERSONAL
    | NOBODY
    | DETERMINERS
    | PREPOSITIONS
    | JOINTS
    | OPENERS
    | BETWEEN
    | BEING
    | DENIED
    | DAYS
    | frozenset(
        "did does do had has have never team january february march april may june july august september october "
        "november december".split()
    )
)
