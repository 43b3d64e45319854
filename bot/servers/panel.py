"""The panel of /settings: each setting with what may be chosen for it, and how it is shown. Pure."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import discord
from babel import Locale

from bot import render
from bot.guilds import GuildSettings
from bot.language import ENGLISH, SPOKEN, Language, phrase

Value = bool | int | str | None

MENU, QUESTIONS = "menu", "questions"  # controls that are for no one setting
MOST_CHANNELS = 25  # https://discord.com/developers/docs/components/reference#channel-select
CHANNELS, ADMINS_CHANNEL, KEEP_DAYS = "channels", "admins_channel", "keep_days"


class Setting(NamedTuple):
    """One field of `GuildSettings`. Without choices, it is one of channels."""

    field: str
    title: str
    about: str  # at most 100 characters, in other languages too: Discord's limit for the text under a choice
    choices: tuple[Value, ...] = ()


SETTINGS = (
    Setting(CHANNELS, phrase("Where I answer"), phrase("In which channels questions are answered")),
    Setting("private", phrase("Who sees answers"), phrase("To /ask, unless the person says otherwise"), (False, True)),
    Setting(
        "language", phrase("Language"), phrase("Of what I say; quotes are never translated"), (None, *sorted(SPOKEN))
    ),
    Setting("public", phrase("Articles I read"), phrase("From which articles questions are answered"), (True, False)),
    Setting(
        "person_cooldown_s",
        phrase("Pause for each person"),
        phrase("Between two questions of the same person"),
        (0, 5, 10, 30, 60, 300),
    ),
    Setting(
        "per_minute",
        phrase("Questions a minute"),
        phrase("Of everybody here together"),
        (0, 5, 10, 20, 30, 60, 120),
    ),
    Setting(
        KEEP_DAYS,
        phrase("Keeping questions"),
        phrase("Whether I keep what is asked, and for how long"),
        (0, 7, 30, 90, 365),
    ),
    Setting(ADMINS_CHANNEL, phrase("Admins' channel"), phrase("Where I tell what admins do, and reports of people")),
)
_BY_FIELD = {one.field: one for one in SETTINGS}


def setting_of(field: str) -> Setting | None:
    """The setting of that name, where there is one: the name may come from anywhere."""
    return _BY_FIELD.get(field)


def chosen(setting: Setting, written: str) -> Value:
    """The value behind a choice. Raises `ValueError` where it is none of the choices of this setting."""
    value: Value = json.loads(written)
    if not any(value is one or (type(value) is type(one) and value == one) for one in setting.choices):
        raise ValueError(written)
    return value


def embed(settings: GuildSettings, say: Language = ENGLISH) -> discord.Embed:
    """All that the server has decided."""
    shown = discord.Embed(
        title=say("Settings of this server"),
        description=say("Choose below what you want to change. A change holds at once, and every one is written down."),
        colour=render.FOUND,
    )
    for one in SETTINGS:
        shown.add_field(name=say(one.title), value=value_of(one, settings, say), inline=bool(one.choices))
    return shown


def options(setting: Setting, settings: GuildSettings, say: Language = ENGLISH) -> list[discord.SelectOption]:
    """What may be chosen for a setting, with what holds now marked."""
    now = getattr(settings, setting.field)
    return [
        discord.SelectOption(
            label=_WORDS[setting.field](one, say),
            value=json.dumps(one),
            default=type(one) is type(now) and one == now,
        )
        for one in setting.choices
    ]


def menu(opened: Setting | None, say: Language = ENGLISH) -> discord.ui.Select[discord.ui.View]:
    """The settings themselves, to choose one from; the one that is open is marked."""
    listed = [
        discord.SelectOption(label=say(one.title), description=say(one.about), value=one.field, default=one == opened)
        for one in SETTINGS
    ]
    return discord.ui.Select(custom_id=_id(MENU), options=listed, placeholder=say("Choose what to change …"))


def control(
    setting: Setting, settings: GuildSettings, there: Collection[int], say: Language = ENGLISH
) -> discord.ui.Item[discord.ui.View]:
    """What a setting is changed with. `there`: the channels that exist; Discord takes no others as marked."""
    if setting.choices:
        return discord.ui.Select(custom_id=_id(setting.field), options=options(setting, settings, say))
    now = settings.channels if setting.field == CHANNELS else (settings.admins_channel or 0,)
    return discord.ui.ChannelSelect(
        custom_id=_id(setting.field),
        channel_types=channel_types(setting),
        min_values=0,
        max_values=most_channels(setting),
        placeholder=say("everywhere") if setting.field == CHANNELS else say("none"),
        default_values=[discord.SelectDefaultValue.from_channel(discord.Object(one)) for one in now if one in there],
    )


def download(say: Language = ENGLISH) -> discord.ui.Button[discord.ui.View]:
    """For the questions that are kept."""
    return discord.ui.Button(label=say("Download what is kept"), custom_id=_id(QUESTIONS))


def channel_types(setting: Setting) -> list[discord.ChannelType]:
    """Kinds of channels that a setting may name."""
    kinds = discord.ChannelType
    return [kinds.text, kinds.news] + ([kinds.forum, kinds.voice] if setting.field == CHANNELS else [])


def most_channels(setting: Setting) -> int:
    """How many channels a setting may name."""
    return MOST_CHANNELS if setting.field == CHANNELS else 1


def _id(field: str) -> str:
    return f"pullquote:settings:{field}"


def value_of(setting: Setting, settings: GuildSettings, say: Language = ENGLISH) -> str:
    """What holds for a setting, in words; channels as Discord's links to them."""
    now = getattr(settings, setting.field)
    if setting.field == ADMINS_CHANNEL:
        return _channels([now] if now else [], say("none"))
    return _channels(now, say("everywhere")) if setting.field == CHANNELS else _WORDS[setting.field](now, say)


def changed(setting: Setting, settings: GuildSettings, names: Sequence[str], say: Language = ENGLISH) -> str:
    """One line about a change, in plain words; `names` are those of the channels that were chosen."""
    value = ", ".join(f"#{name}" for name in names) or value_of(setting, settings, say)
    return say("Setting changed: {setting}: {value}", setting=say(setting.title), value=value)


def _channels(ids: Sequence[int], none: str) -> str:
    return " ".join(f"<#{one}>" for one in ids) or none


def _seconds(value: int, say: Language) -> str:
    return say.many(value, "{n} second", "{n} seconds") if value else say("no pause")


def _questions(value: int, say: Language) -> str:
    return say.many(value, "{n} question", "{n} questions") if value else say("as many as come")


def _days(value: int, say: Language) -> str:
    return say.many(value, "{n} day, then they are deleted", "{n} days, then they are deleted") if value else say("no")


def _private(value: bool, say: Language) -> str:  # noqa: FBT001 - the value of a setting
    return say("only the person who asks") if value else say("everybody in the channel")


def _public(value: bool, say: Language) -> str:  # noqa: FBT001 - the value of a setting
    return say("the public archive and those of this server") if value else say("those of this server only")


def _tongue(value: str | None, say: Language) -> str:
    return str(Locale.parse(value).get_display_name(value)) if value in SPOKEN else say("each person's own")


_WORDS: dict[str, Callable[..., str]] = {
    "private": _private,
    "language": _tongue,
    "public": _public,
    "person_cooldown_s": _seconds,
    "per_minute": _questions,
    KEEP_DAYS: _days,
}
