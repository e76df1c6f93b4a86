"""Settings: typed, overridable, refused in one clear line, and all documented."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

import config
from config import SETTINGS, SettingsError
from config.testing import DEFAULTS as TESTING
from tests.support.apps import make_app
from tests.support.paths import ROOT

KEY = "YS1rZXktZm9yLXRoaXMtdGVzdC1hbG9uZS0wMTIzNDU="
DOCS = ROOT / "docs"


def load(tmp_path: Path, environ: dict[str, str] | None = None, **overrides):
    return config.load({"YUSHU_DATA_DIR": str(tmp_path), **(environ or {})}, **overrides)


def test_without_any_variable_every_setting_has_its_default(tmp_path):
    loaded = load(tmp_path)
    assert loaded["PORT"] == 8000
    assert loaded["DATABASE_URL"] == "sqlite:///yushu.sqlite"
    assert loaded["SETTINGS_ORIGIN"]["PORT"] == "default"


def test_an_environment_variable_wins_over_the_default_and_is_named_as_origin(tmp_path):
    loaded = load(tmp_path, {"YUSHU_PORT": "9001"})
    assert loaded["PORT"] == 9001
    assert loaded["SETTINGS_ORIGIN"]["PORT"] == "YUSHU_PORT"


def test_links_lead_to_where_the_site_listens_unless_they_are_told_otherwise(tmp_path):
    assert load(tmp_path)["SITE_URL"] == "http://127.0.0.1:8000"
    assert load(tmp_path, {"YUSHU_PORT": "9001"})["SITE_URL"] == "http://127.0.0.1:9001"
    told = {"YUSHU_PORT": "9001", "YUSHU_SITE_URL": "https://books.example"}
    assert load(tmp_path, told)["SITE_URL"] == "https://books.example"


def test_a_secret_of_digits_stays_text(tmp_path):
    assert load(tmp_path, {"YUSHU_SECRET_KEY": "123456"})["SECRET_KEY"] == "123456"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("YUSHU_PORT", "http", "YUSHU_PORT must be a whole number from 1 to 65535, not 'http'"),
        ("YUSHU_PORT", "0", "YUSHU_PORT must be a whole number from 1 to 65535, not '0'"),
        ("YUSHU_DEBUG", "maybe", "YUSHU_DEBUG must be one of 1, 0, true, false, yes, no, on, off, not 'maybe'"),
        ("YUSHU_POOL_WAIT_SECONDS", "-1", "YUSHU_POOL_WAIT_SECONDS must be a number of seconds above zero, not '-1'"),
        ("YUSHU_SITE_URL", "yushu.example", "YUSHU_SITE_URL must be an address that starts with http:// or https://"),
        ("YUSHU_ENV", "staging", "YUSHU_ENV must be one of development, testing, production, not 'staging'"),
        ("YUSHU_TIME_ZONE", "Mars/Olympus", "YUSHU_TIME_ZONE must be the name of a time zone, such as Asia/Shanghai"),
        ("YUSHU_MAIL_FROM", "yushu", "YUSHU_MAIL_FROM must be a mail address, or NAME <ADDRESS>, not 'yushu'"),
        ("YUSHU_MAIL_URL", "localhost:25", "YUSHU_MAIL_URL must be console:, memory:, smtp://user:password@host:port"),
        ("YUSHU_MAIL_URL", "smtp://", "YUSHU_MAIL_URL must be console:"),
        ("YUSHU_MAIL_URL", "smtp://host:99999", "YUSHU_MAIL_URL must be console:"),
        ("YUSHU_MAIL_URL", "smtp://user@host", "YUSHU_MAIL_URL must be console:"),
        ("YUSHU_MAIL_URL", "smtp://host/?tls=no", "YUSHU_MAIL_URL must be console:"),
        (
            "YUSHU_LIMIT_LOGIN",
            "ten",
            "YUSHU_LIMIT_LOGIN must be a number per time, such as 10 per 5 minutes, not 'ten'",
        ),
        ("YUSHU_RATELIMIT_STORAGE_URL", "memcached://h", "YUSHU_RATELIMIT_STORAGE_URL must be memory:// or redis://"),
        (
            "YUSHU_SOURCES",
            "open_library,amazon",
            "YUSHU_SOURCES must be a comma-separated list of open_library, google",
        ),
        ("YUSHU_SOURCES", "yushu,yushu", "YUSHU_SOURCES must be a comma-separated list of"),
        ("YUSHU_API_URL", "t.yushu.im/v2", "YUSHU_API_URL must be an address that starts with http:// or https://"),
        ("YUSHU_API_URL", "http://x:y/v2", "YUSHU_API_URL must be an address"),
        ("YUSHU_API_URL", "http://me:secret@x/v2", "without a name or password in it"),
        ("YUSHU_PROT", "80", "YUSHU_PROT is not a setting"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(tmp_path, variable, value, said):
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, {variable: value})
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("YUSHU_DATABASE_URL", "oracle://scott:tiger@db"), ("YUSHU_MAIL_URL", "smtp://scott:tiger@host:port")],
)
def test_a_wrong_secret_is_not_repeated_in_the_message(tmp_path, variable, value):
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, {variable: value})
    assert "tiger" not in str(refused.value)


def test_the_first_start_makes_keys_that_only_their_owner_can_read_and_the_second_keeps_them(tmp_path):
    first, second = load(tmp_path), load(tmp_path)
    assert first["SECRET_KEY"] == second["SECRET_KEY"] != ""
    assert first["ADDRESS_KEYS"] == second["ADDRESS_KEYS"] != ()
    for name in ("secret_key", "address_keys"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["k", f"{KEY},short", KEY[:-2], f"{KEY}tiger", "鱼书", "x" * 42 + "=="])
def test_what_is_no_key_is_refused_at_the_start_and_not_repeated(tmp_path, value):
    with pytest.raises(SettingsError, match="YUSHU_ADDRESS_KEYS must be keys of 32 bytes") as refused:
        load(tmp_path, {"YUSHU_ADDRESS_KEYS": value})
    assert "tiger" not in str(refused.value)


def test_a_damaged_key_file_is_refused_by_its_name(tmp_path):
    (tmp_path / "address_keys").write_text("not a key\n")
    with pytest.raises(SettingsError, match="address_keys must be keys of 32 bytes"):
        load(tmp_path)


def test_two_data_folders_have_different_keys(tmp_path):
    assert load(tmp_path / "a")["SECRET_KEY"] != load(tmp_path / "b")["SECRET_KEY"]


@pytest.mark.parametrize("missing", ["YUSHU_SECRET_KEY", "YUSHU_ADDRESS_KEYS"])
def test_production_wants_its_keys_given(tmp_path, missing):
    given = {"YUSHU_ENV": "production", "YUSHU_SECRET_KEY": "x" * 40, "YUSHU_ADDRESS_KEYS": KEY}
    del given[missing]
    with pytest.raises(SettingsError, match=missing):
        load(tmp_path, given)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("YUSHU_DEBUG", "1", "YUSHU_DEBUG must be off in production"),
        ("YUSHU_SECRET_KEY", "short", "YUSHU_SECRET_KEY must have at least 32 characters"),
        ("YUSHU_SECRET_KEY", TESTING["SECRET_KEY"], "YUSHU_SECRET_KEY is the one of the test suite"),
        ("YUSHU_ADDRESS_KEYS", f"{KEY},{TESTING['ADDRESS_KEYS']}", "YUSHU_ADDRESS_KEYS is the one of the test suite"),
    ],
)
def test_production_refuses_what_is_only_for_trying_out(tmp_path, variable, value, said):
    given = {"YUSHU_ENV": "production", "YUSHU_SECRET_KEY": "x" * 40, "YUSHU_ADDRESS_KEYS": KEY}
    with pytest.raises(SettingsError, match=said):
        load(tmp_path, {**given, variable: value})


@pytest.mark.parametrize("page", ["settings.md", "settings.zh.md"])
def test_the_documentation_lists_every_setting_with_its_default_and_meaning(page: str):
    lines = [
        line.split(" | ") for line in (DOCS / page).read_text("utf-8").splitlines() if line.startswith("| `YUSHU_")
    ]
    assert [first.removeprefix("| ") for first, *_ in lines] == [f"`{setting.variable}`" for setting in SETTINGS]
    for setting, (_, default, meaning) in zip(SETTINGS, lines, strict=True):
        assert default == (f"`{setting.default}`" if setting.default else "")
        assert meaning == f"{setting.meaning} |" or (page == "settings.zh.md" and re.search("[一-鿿]", meaning))


def test_the_command_shows_values_and_masks_secrets(data_dir):
    app = make_app(data_dir, SECRET_KEY="very secret indeed")
    shown = app.test_cli_runner().invoke(args=["settings"]).output
    assert "YUSHU_PORT = 8000  [default]" in shown
    assert "very secret indeed" not in shown
    assert all(setting.meaning in shown for setting in SETTINGS)
