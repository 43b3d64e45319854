from pathlib import Path

import pytest

from bot.settings import BadSetting, Settings
from index import EVERY_HOST


def test_without_any_variable_every_setting_has_its_default() -> None:
    assert Settings.read({}) == Settings()
    assert Settings.read({"PULLQUOTE_READERS": " ", "DISCORD_TOKEN": None}) == Settings()


@pytest.mark.parametrize(
    ("variable", "raw"),
    [
        ("PULLQUOTE_MIN_CONFIDENCE", "high"),
        ("PULLQUOTE_MIN_CONFIDENCE", "1.1"),
        ("PULLQUOTE_MIN_CONFIDENCE", "nan"),
        ("PULLQUOTE_READERS", "0"),
        ("PULLQUOTE_READERS", "1.5"),
        ("PULLQUOTE_WAITING", "-1"),
        ("PULLQUOTE_DEADLINE", "inf"),
        ("PULLQUOTE_HOSTS", "https://quay.example/"),
        ("PULLQUOTE_HOSTS", "quay..example"),
        ("PULLQUOTE_LOG_LEVEL", "loud"),
        ("PULLQUOTE_SERVER_ARTICLES", "-1"),
        ("PULLQUOTE_HOME_GUILDS", "12, Newsroom"),
        ("DISCORD_API_URL", "127.0.0.1:8080/api"),
        ("DISCORD_GATEWAY_URL", "http://127.0.0.1:8080"),
    ],
)
def test_a_value_that_cannot_be_used_is_one_sentence_that_names_the_variable(variable: str, raw: str) -> None:
    with pytest.raises(BadSetting, match=variable) as caught:
        Settings.read({variable: raw})
    assert raw in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("PULLQUOTE_READERS=3\nPULLQUOTE_WAITING=4\n", encoding="utf-8")
    monkeypatch.setenv("PULLQUOTE_READERS", "5")
    monkeypatch.delenv("PULLQUOTE_WAITING", raising=False)
    settings = Settings.load(dotenv)
    assert (settings.readers, settings.waiting) == (5, 4)


def test_the_token_is_never_shown() -> None:
    assert "secret" not in repr(Settings(token="secret"))  # noqa: S106 - not one


def test_hosts_are_read_as_people_write_them_and_reach_the_index() -> None:
    settings = Settings.read({"PULLQUOTE_HOSTS": " Quay.example, *.north.example.,, früh.example "})
    assert settings.hosts == ("quay.example", "north.example", "xn--frh-ioa.example")
    assert settings.index.hosts == settings.hosts
    assert Settings.read({"PULLQUOTE_HOSTS": "*"}).hosts == (EVERY_HOST,)
