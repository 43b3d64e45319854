import json
from base64 import urlsafe_b64encode
from pathlib import Path

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doctor.checkup import look_at_bot, run_doctor
from bot.doctor.online import look_at_discord
from bot.doctor.permissions import NEEDED, missing
from bot.doctor.token import application_in
from bot.settings import Settings
from index import Finding
from tests.bot.discord_server import TOKEN, DiscordServer


def of(findings: list[Finding], looked_at: str) -> Finding:
    (found,) = [one for one in findings if one.looked_at == looked_at]
    return found


def settings_at(server: DiscordServer, **others: object) -> Settings:
    return Settings(token=TOKEN, api_url=f"http://{server.address}/api/v10", **others)  # type: ignore[arg-type]


@given(st.integers(10**16, 2**63 - 1))
def test_a_token_names_the_application_that_it_was_made_for(number: int) -> None:
    head = urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
    assert application_in(f"{head}.Gabcde.{'x' * 38}") == number


@pytest.mark.parametrize("token", ["", "secret", "a.b.c", "x" * 72, f"{'x' * 24}.Gabcde.{'x' * 38}", "Bot " + "x" * 60])
def test_what_has_not_the_form_of_a_token_is_none(token: str) -> None:
    assert application_in(token) is None


@given(st.integers(0, 2**53))
def test_no_permission_is_missing_exactly_where_all_needed_ones_are_granted(granted: int) -> None:
    held = discord.Permissions(granted)
    assert bool(missing(granted)) == (not held.administrator and not held >= NEEDED)


def test_an_unusable_setting_is_a_finding_and_the_rest_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {"PULLQUOTE_READERS": "many", "PULLQUOTE_DATA": str(tmp_path / "none"), "PULLQUOTE_DEDLINE": "3"}
    assert run_doctor(variables, tmp_path / ".env", {}, online=False, as_json=True) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "wrong"
    found = " ".join(one["found"] for one in told["findings"])
    assert "PULLQUOTE_READERS is set to 'many'" in found
    assert "PULLQUOTE_DEDLINE is set in the environment" in found
    assert {"token", "disk", "clock", "model"} <= {one["looked_at"] for one in told["findings"]}


def test_the_token_itself_is_never_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for token in ("just-a-secret", f"MTAwMDAwMDAwMDAwMDAwMDAw.Gabcde.{'x' * 38}"):
        run_doctor({"DISCORD_TOKEN": token}, tmp_path / ".env", {"DISCORD_TOKEN": token}, online=False, as_json=False)
        assert token not in capsys.readouterr().out


def test_it_names_the_other_half_and_the_way_to_a_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_doctor({}, tmp_path / ".env", {}, online=False, as_json=False)
    shown = capsys.readouterr().out
    assert "pullquote doctor" in shown
    assert "Reset Token" in shown


def test_sources_that_are_not_there_are_named(tmp_path: Path) -> None:
    (source,) = [one for one in look_at_bot(Settings(sources=(tmp_path / "gone",))) if one.looked_at == "sources"]
    assert "gone" in source.found
    assert source.mend


async def test_online_it_says_what_each_server_does_not_allow(server: DiscordServer) -> None:
    half = NEEDED.value & ~discord.Permissions(embed_links=True).value
    server.guilds = [
        {"id": "11", "name": "Newsroom", "permissions": str(NEEDED.value)},
        {"id": "12", "name": "Attic", "permissions": str(half)},
        {"id": "13", "name": "Ours", "permissions": str(discord.Permissions(administrator=True).value)},
    ]
    found = await look_at_discord(settings_at(server))
    assert (of(found, "server").state, of(found, "server").found) == ("warning", "12 does not allow Embed Links")
    assert "guild_id=12" in of(found, "server").mend
    assert of(found, "servers").found == "2 of 3 allow all that is needed"
    assert {one.state for one in found if one.looked_at != "server"} == {"ok"}
    assert not server.sockets, "a running bot is left alone"


async def test_online_a_refused_token_and_a_missing_discord_are_one_finding_each(server: DiscordServer) -> None:
    server.token = "another"  # noqa: S105 - not one
    assert of(await look_at_discord(settings_at(server)), "login").state == "wrong"
    nobody = Settings(token=TOKEN, api_url="http://127.0.0.1:9/api/v10")
    (found,) = await look_at_discord(nobody)
    assert (found.looked_at, found.state) == ("discord", "wrong")


async def test_online_a_home_server_where_the_bot_is_not_is_named_and_so_is_being_in_none(
    server: DiscordServer,
) -> None:
    found = await look_at_discord(settings_at(server, home_guilds=(77,)))
    assert "77" in of(found, "server").found
    assert "permissions=309237730304" in of(found, "servers").mend
