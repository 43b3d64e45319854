"""The common verbs of news: from "suggested" and "runs" back to the base form that a question with "did" needs."""

_REGULAR = """
abandon accept accuse acquire act add address admire adopt advance advise affect agree aim allege allow amend announce
answer apologise apologize appeal appear appoint approve argue arrange arrest arrive ask assert assume attack attempt
attend average avoid award back bake ballot base believe belong benefit blame block board boycott breach calculate
call campaign cancel capture carry cause celebrate challenge change charge chase check cite claim clear climb close
co-operate coach collapse collect collide combine command comment commission compare compete complain complete concede
conclude condemn conduct confess confirm congratulate consider construct contain continue contribute cooperate
coordinate count cover crash create criticise criticize cross damage decide declare decline defeat defend delay
deliver demand deny depart describe design destroy detain determine develop devote die direct disappear disclose
discover discuss dismiss dispute divide donate double drain dress earn elect employ enable end endorse enforce engage
enjoy enter escape establish estimate evacuate examine exceed exchange exclude execute expand expect explain explode
exploit explore export express extend face fail favor favour fear feature fill film finance fine finish fire follow
force found fund gain gather govern grant guarantee guard handle happen harm head help hire hope identify ignore
imagine impose improve include increase indicate influence inform inherit injure insist inspect install intend
interrupt interview introduce invade invent invest investigate invite involve issue join judge jump kick kill land
last laugh launch lift like limit link list live load lock look lower maintain manage mark marry measure mention miss
monitor mourn move murder name need negotiate nominate note notice obtain occupy offer open operate oppose order
organise organize outline own pass perform persuade phone photograph place play plead pledge point poison postpone
praise predict prepare present preserve press prevent produce promise promote propose protect protest prove provide
publish pull punish purchase pursue push question raise ratify reach react realise realize recall receive recognise
recognize recommend record recover reduce refuse regain reject relate release remain remark remember remind remove
rename renew reopen repair repeat replace reply report represent request require rescue research resign resist resolve
respond rest restore result resume retire retreat return reveal reverse review revoke risk rule sail save score search
secure seize select sentence separate serve settle shape share shout show sign smoke smuggle solve spark sponsor stage
start state stay store strengthen struggle sue suffer suggest support suppose surprise surrender survive suspect
suspend switch tackle talk target tax telephone test thank threaten touch tour trace trade train transform travel
treat trigger try turn unite unveil update urge use vaccinate value visit voice vote vow wait walk want warn wash
waste watch weaken weigh welcome wish witness wonder work worry wound yield
"""
_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    admitted:admit ate:eat banned:ban beat:beat became:become began:begin bore:bear bought:buy broke:break
    brought:bring built:build came:come cancelled:cancel caught:catch chose:choose compelled:compel
    controlled:control cut:cut dealt:deal drank:drink drew:draw dropped:drop drove:drive expelled:expel fell:fall
    felt:feel fled:flee flew:fly forbade:forbid fought:fight found:find froze:freeze gave:give got:get grabbed:grab
    grew:grow heard:hear held:hold hid:hide hit:hit hung:hang hurt:hurt kept:keep kidnapped:kidnap knew:know
    laid:lay led:lead left:leave lent:lend let:let lost:lose made:make meant:mean met:meet occurred:occur
    overtook:overtake paid:pay permitted:permit planned:plan preferred:prefer put:put quit:quit ran:run rang:ring
    read:read referred:refer regretted:regret robbed:rob rode:ride rose:rise said:say sang:sing sank:sink sat:sit
    saw:see scrapped:scrap sent:send set:set shook:shake shot:shoot shut:shut slept:sleep sold:sell sought:seek
    spent:spend split:split spoke:speak spread:spread stabbed:stab stole:steal stood:stand stopped:stop
    struck:strike stuck:stick submitted:submit swam:swim swore:swear taught:teach thought:think threw:throw
    told:tell took:take topped:top tore:tear transferred:transfer travelled:travel understood:understand
    underwent:undergo vetoed:veto went:go withdrew:withdraw woke:wake won:win wore:wear wrote:write
    """.split()
)


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if verb.endswith("y") and verb[-2] not in "aeo" else verb + "ed"


def _third(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeo":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "go")) else "s")


BASES = frozenset(_REGULAR.split()) | frozenset(_IRREGULAR.values())
_HELPED = (
    {_third(verb): ("does", verb) for verb in BASES}
    | {_past(verb): ("did", verb) for verb in _REGULAR.split()}
    | {past: ("did", verb) for past, verb in _IRREGULAR.items()}
)


def with_helper(verb: str) -> tuple[str, str] | None:
    """("did", "suggest") of "suggested", ("does", "run") of "runs"; None for a verb that is not on the list."""
    return _HELPED.get(verb.lower())


def is_finite(word: str) -> bool:
    """Whether the word is a past form by its ending, or a form of a verb on the list."""
    low = word.lower()
    return low in _HELPED or (low.endswith("ed") and len(low) > len("need"))
