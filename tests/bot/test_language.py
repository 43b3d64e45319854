"""What is said is said in the reader's language where it can be, and in English where it cannot. Quotes never are."""

import re
from collections.abc import Callable
from datetime import date
from string import Formatter
from typing import Any

import pytest
import simcord
from simcord import interactions

from bot.client import Pullquote
from bot.cogs.help import explained
from bot.errors import explain
from bot.escape import units
from bot.guilds import GuildSettings
from bot.language import Translator, language
from bot.servers import panel, welcome
from index import BadQuestion
from tests.bot.conftest import World, check_embed
from tests.bot.fake_index import SUMMIT
from tests.bot.openapi import ABSENT, discord_contract
from tests.bot.sentences import LANGUAGES, NAME_LIMIT, Said, catalogue, forms_of, marked, of_commands, translated

QUESTION = "Who was first to suggest postponing the summit?"
QUOTED = "> **Trump** was the first to suggest postponing the summit."

SAME = {"de": {"{stage} · {done}"}, "es": {"{stage} · {done}", "no"}}  # what is said as in English, knowingly

every_language = pytest.mark.parametrize("code", LANGUAGES)


@pytest.fixture
def everybody_reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the language of people's own Discord: every interaction of SimCord's is American."""
    made = interactions.base_payload

    def read(locale: str) -> None:
        def base_payload(*args: Any, **given: Any) -> tuple[Any, dict[str, Any]]:
            record, payload = made(*args, **given)
            return record, payload | {"locale": locale}

        monkeypatch.setattr(interactions, "base_payload", base_payload)

    return read


def described(message: Any) -> str:
    return str(message.embeds[0].description)


def everything_said(world: World) -> list[Said]:
    assert isinstance(world.env.bot, Pullquote)
    return [*marked(), *of_commands(world.env.bot)]


async def sent_to_discord(world: World) -> list[dict[str, Any]]:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    return [await one.get_translated_payload(bot.tree, Translator()) for one in bot.tree.get_commands()]


@every_language
async def test_every_sentence_and_every_text_of_a_command_is_translated(world: World, code: str) -> None:
    there = translated(code)
    lacking = [said for said in everything_said(world) if said.texts not in there]
    assert lacking == [], "python -m tests.bot.sentences prints what to fill in"


@every_language
async def test_nothing_is_translated_that_nobody_says(world: World, code: str) -> None:
    assert translated(code).keys() == {said.texts for said in everything_said(world)}


@every_language
def test_what_reads_the_same_in_another_language_does_so_knowingly(code: str) -> None:
    assert {texts[0] for texts, forms in translated(code).items() if texts == forms} == SAME[code]


@every_language
def test_no_translation_is_missing_a_form_or_in_doubt(code: str) -> None:
    assert catalogue(code).num_plurals == 2
    for entry in (one for one in catalogue(code) if one.id):
        assert not entry.fuzzy, entry.id
        forms = forms_of(entry.string)
        assert len(forms) == (2 if entry.pluralizable else 1), entry.id
        assert all(form and form == form.strip() for form in forms), entry.id


@every_language
def test_a_translation_has_the_values_the_commands_and_the_marks_of_the_original(code: str) -> None:
    say = language(code)
    for texts, forms in translated(code).items():
        for text, form in zip(texts, forms, strict=True):
            assert _values(form) == _values(text), form
            assert _commands(form) == _commands(text), form
            assert len(_marked_up(form)) == len(_marked_up(text)), form
            named = [name for name in _marked_up(text) if (name,) in translated(code)]
            assert all(say(name) in _marked_up(form) for name in named), f"{form}: a button is called otherwise"


def _values(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _commands(text: str) -> list[str]:
    return sorted(re.findall(r"(?<!\w)/[a-z]+(?: (?:add|remove|show|export|delete)\b)?", text))


def _marked_up(text: str) -> list[str]:
    return [bold or code for bold, code in re.findall(r"\*\*(.+?)\*\*|`(.+?)`", text)]


@every_language
async def test_no_translation_is_longer_than_discord_takes(world: World, code: str) -> None:
    there = translated(code)
    for said in everything_said(world):
        assert all(units(form) <= said.limit for form in there[said.texts]), said


@every_language
def test_panel_help_and_first_message_fit_into_discord_s_limits(code: str) -> None:
    say, settings = language(code), GuildSettings()
    for embed in (explained(say), welcome.steps(say), panel.embed(settings, say)):
        check_embed(embed)
    for setting in panel.SETTINGS:
        for option in (*panel.options(setting, settings, say), *panel.menu(setting, say).options):
            assert 0 < len(option.label) <= 100
            assert len(option.description or "") <= 100


async def test_discord_takes_the_commands_in_every_language(world: World) -> None:
    payload = await sent_to_discord(world)
    for one in payload:
        _check_names(one)
    contract = discord_contract()
    if contract is None:
        pytest.skip(ABSENT)
    assert contract.faults("PUT", "/applications/1/commands", payload) == []


def _check_names(command: dict[str, Any]) -> None:
    """Of a command, its subcommands and options: written as Discord wants them, and no two the same."""
    menu = command.get("type") == 3
    for name in (command["name"], *command["name_localizations"].values()):
        assert 1 <= len(name) <= NAME_LIMIT
        assert menu or (re.fullmatch(r"[-_\w]+", name) and name == name.lower()), name
    for text in command.get("description_localizations", {}).values():
        assert 1 <= len(text) <= 100, text
    options = command.get("options") or []
    for locale in {one for option in options for one in option["name_localizations"]}:
        names = [one["name_localizations"].get(locale, one["name"]) for one in options]
        assert len(set(names)) == len(names), names
    for option in options:
        _check_names(option)


async def test_a_slash_command_is_called_the_same_everywhere_and_its_options_are_not(world: World) -> None:
    payload = await sent_to_discord(world)
    named = {one["name"]: one for one in payload}
    assert named["ask"]["name_localizations"] == {}
    assert named["archive"]["name_localizations"] == {}
    assert named["ask"]["options"][0]["name_localizations"]["de"] == "frage"
    assert named["Ask about this"]["name_localizations"]["es-419"] == "Preguntar sobre esto"


@pytest.mark.parametrize(
    ("locale", "verbatim", "button", "day"),
    [
        ("en-GB", "Quoted word for word", "Report wrong quote", "22 October 2025"),
        ("de", "Wort für Wort", "Falsches Zitat melden", "22. Oktober 2025"),
        ("es-ES", "Citado palabra por palabra", "Avisar de una cita errónea", "22 de octubre de 2025"),
        ("es-419", "Citado palabra por palabra", "Avisar de una cita errónea", "22 de octubre de 2025"),
    ],
)
async def test_a_person_is_answered_in_the_language_of_their_discord_around_the_same_quote(
    world: World, everybody_reads: Callable[[str], None], locale: str, verbatim: str, button: str, day: str
) -> None:
    everybody_reads(locale)
    result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert result.response is not None
    embed = result.response.embeds[0]
    (quote,) = [line for line in (embed.description or "").splitlines() if line.startswith(">")]
    assert quote == QUOTED
    assert quote.removeprefix("> ").replace("**", "").encode() in SUMMIT.text.encode()
    assert "Summit put off as talks stall" in described(result.response), "titles are not translated either"
    assert verbatim in (embed.footer.text or "")
    assert day in (embed.footer.text or "")
    assert button in str(result.response.components)


async def test_help_refusals_and_errors_are_said_in_the_reader_s_language(
    world: World, everybody_reads: Callable[[str], None]
) -> None:
    everybody_reads("de")
    assert "Zitaten, Wort für Wort" in described((await world.alice.slash(world.channel, "help")).response)
    day = await world.alice.slash(world.channel, "ask", question=QUESTION, after="yesterday")
    assert "JJJJ-MM-TT" in described(day.response)
    world.index.before_read = broken
    failed = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert described(failed.response).startswith("Bei mir ist etwas schiefgegangen.")
    world.env.errors.clear()


def broken() -> None:
    raise RuntimeError("broken")


def test_what_the_index_refuses_to_be_asked_is_said_in_the_reader_s_language() -> None:
    refused = [said.texts[0] for said in marked() if said.where.startswith("index")]
    assert [explain(BadQuestion(one), language("de"))[:14] for one in refused] == ["Darin steht ke"]


async def test_the_language_that_a_server_has_chosen_goes_before_the_person_s(
    world: World, everybody_reads: Callable[[str], None]
) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    await bot._guilds.change(world.guild.id, language="es")
    everybody_reads("de")
    result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert result.response is not None
    assert "Citado" in (result.response.embeds[0].footer.text or "")
    assert QUOTED in described(result.response)


async def test_a_message_which_tells_no_language_is_answered_in_that_of_its_server(
    simcord_env: simcord.Env, world: World
) -> None:
    guild = simcord_env.create_guild("Redaktion", preferred_locale="de")
    channel = guild.create_text_channel("news")
    me = simcord_env.bot.user
    assert me is not None
    await guild.add_member(world.alice.user).send(channel, f"<@{me.id}> Hallo!")
    assert described(channel.last_message).startswith("Frag mich nach den Nachrichten")


def test_a_code_finds_its_language_and_an_unknown_one_english() -> None:
    assert language("de")("Context") == "Zusammenhang"
    assert language("es-419")("Context") == language("es-ES")("Context") == "Contexto"
    assert language("xx")("Context") == language(None)("Context") == "Context"


def test_what_a_language_lacks_is_said_in_english() -> None:
    assert language("de")("This was never translated, {name}.", name="Nora") == "This was never translated, Nora."
    assert language("de")("") == ""


def test_numbers_and_days_are_written_as_the_language_writes_them() -> None:
    assert language("de").many(1200, "{n} x", "{n} xs") == "1.200 xs"
    assert language("en").many(1, "{n} x", "{n} xs") == "1 x"
    assert language("en")("{n} of {m}", n=1200, m=3) == "1,200 of 3"
    assert language("de").many(1, "{n} article", "{n} articles") == "1 Artikel"
    assert language("es").many(12000, "{n} article", "{n} articles") == "12.000 artículos"
    assert [language(code).share(0.5) for code in ("en", "de", "es")] == ["50%", "50\xa0%", "50\xa0%"]
    day = date(2025, 10, 2)
    assert [language(code).day(day) for code in ("en", "de", "es")] == [
        "2 October 2025",
        "2. Oktober 2025",
        "2 de octubre de 2025",
    ]
