"""What the bot says, in the language of who reads it. Quotes, titles and names are never translated.

Sentences stand in the code in English and are their own keys in `languages/*.po` (gettext's format). What a language
lacks is said in English. A sentence is marked where it is written: `say("…")`, `say.many(n, "…", "…")`, or
`phrase("…")` for one that is said elsewhere.
"""

import gettext
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import discord
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from discord import app_commands

FOLDER = Path(__file__).parent / "languages"
_NAMES = (app_commands.TranslationContextLocation.command_name, app_commands.TranslationContextLocation.group_name)
SPOKEN = ("en", *sorted(file.stem for file in FOLDER.glob("*.po")))


def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    with (FOLDER / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code, abort_invalid=True)
    packed = BytesIO()
    write_mo(packed, catalogue)
    packed.seek(0)
    return gettext.GNUTranslations(packed)


class Language:
    """One language. Whole numbers among the values are written as people who speak it write them."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._found = _catalogue(code)

    def __call__(self, sentence: str, /, **values: str | int) -> str:
        """The sentence, with the values in place of `{names}`. Values from outside must be escaped before."""
        return self._filled(self._found.gettext(sentence) if sentence else "", values)

    def many(self, n: int, one: str, more: str, /, **values: str | int) -> str:
        """One of two sentences, as `n` asks for; `{n}` stands for it."""
        return self._filled(self._found.ngettext(one, more, n), {"n": n, **values})

    def day(self, when: date) -> str:
        """The day in words, such as 22 October 2025."""
        return str(format_date(when, "long", locale="en_GB" if self.code == "en" else self.code))

    def share(self, part: float) -> str:
        """A part of 1 in per cent."""
        return str(format_percent(part, locale=self.code))

    def _filled(self, sentence: str, values: dict[str, str | int]) -> str:
        return sentence.format(**{name: self._shown(value) for name, value in values.items()}) if values else sentence

    def _shown(self, value: str | int) -> str:
        return value if isinstance(value, str) else str(format_decimal(value, locale=self.code))


def phrase(sentence: str) -> str:
    """The sentence itself, marked for translation: it is said later, through a `Language`."""
    return sentence


@cache
def language(code: str | None) -> Language:
    """The language of a code such as Discord's "de" or "es-419"; English for one that is not spoken."""
    short = (code or "en").split("-")[0].lower()
    return Language(short if short in SPOKEN else "en")


ENGLISH = language("en")


def language_of(interaction: discord.Interaction, chosen: str | None = None) -> Language:
    """What the server has chosen, else the language of the person's own Discord."""
    return language(chosen or interaction.locale.value)


def language_in(guild: discord.Guild | None, chosen: str | None = None) -> Language:
    """For a message, which does not tell its author's language: what the server has chosen, else its own in Discord."""
    return language(chosen or (guild.preferred_locale.value if guild else None))


class Translator(app_commands.Translator):
    """Names and descriptions of the commands in the languages that Discord asks for.

    The names of slash commands stay as they are: help, answers and people refer to them.
    """

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The translation, or None where there is none."""
        if context.location in _NAMES and not isinstance(context.data, app_commands.ContextMenu):
            return None
        said = language(locale.value)(string.message)
        return said if said != string.message else None
