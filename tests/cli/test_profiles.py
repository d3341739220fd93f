"""Profiles of the configuration file: what is in effect, from where, and what is wrong with the file."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from smartlead_async.profiles import key_source

from .conftest import CommandLine
from .plans import KEY
from .serving import Served

OTHER = "sk-other-1c9b7d0e5a44"
LONG = "0f3c7a52-9d1e-4b66-8a77-5c2f19e0d3b4_x8kq1ab"


@pytest.fixture
def config(tmp_path: Path, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("SMARTLEAD_CONFIG", str(path))
    path.touch(0o600)
    return path


def shown(cli: CommandLine, *arguments: str, **env: str) -> dict[str, Any]:
    result = cli("config", *arguments, "--json", **env)
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def sources(cli: CommandLine, *arguments: str, **env: str) -> dict[str, tuple[str | None, str]]:
    settings = shown(cli, *arguments, **env)["settings"]
    return {name: (each["value"], each["source"]) for name, each in settings.items()}


# --- precedence --------------------------------------------------------------------------------------
TWO = """
default_profile = "quiet"

[profiles.quiet]
tier = "standard"
base_url = "https://quiet.example/api/v1"

[profiles.loud]
key_env = "LOUD_KEY"
tier = "pro"
proxy = "http://ann:secret@proxy.example:8080"
"""


def test_without_a_file_everything_is_the_default(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMARTLEAD_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    content = shown(cli)
    assert (content["exists"], content["profile"], content["profiles"]) == (False, None, [])
    assert {tuple(each.values()) for each in content["settings"].values()} == {(None, "default")}


def test_the_file_chooses_a_profile_which_the_environment_and_an_option_replace(
    cli: CommandLine, config: Path
) -> None:
    config.write_text(TWO)
    assert shown(cli)["profile"] == "quiet"
    assert shown(cli, SMARTLEAD_PROFILE="loud")["profile"] == "loud"
    assert shown(cli, "--profile", "quiet", SMARTLEAD_PROFILE="loud")["profile"] == "quiet"


def test_a_variable_goes_before_a_profile_that_no_option_names(cli: CommandLine, config: Path) -> None:
    config.write_text(TWO)
    found = sources(cli, SMARTLEAD_TIER="60/60", SMARTLEAD_API_KEY=KEY)
    assert found["tier"] == ("60/60", "SMARTLEAD_TIER")
    assert found["base_url"] == ("https://quiet.example/api/v1", "profile quiet")
    assert found["key"] == ("***", "SMARTLEAD_API_KEY")


def test_a_profile_that_an_option_names_goes_before_variables(cli: CommandLine, config: Path) -> None:
    config.write_text(TWO)
    variables = {"SMARTLEAD_TIER": "60/60", "SMARTLEAD_API_KEY": KEY, "LOUD_KEY": OTHER}
    found = sources(cli, "--profile", "loud", **variables)
    assert found["tier"] == ("pro", "profile loud")
    assert found["key"] == ("from the environment variable LOUD_KEY", "profile loud")


def test_the_key_of_the_environment_goes_before_that_of_a_profile_no_option_names(
    cli: CommandLine, config: Path
) -> None:
    config.write_text(TWO)
    variables = {"SMARTLEAD_PROFILE": "loud", "LOUD_KEY": OTHER}
    assert sources(cli, SMARTLEAD_API_KEY=KEY, **variables)["key"][1] == "SMARTLEAD_API_KEY"
    assert sources(cli, **variables)["key"][1] == "profile loud"


def test_what_the_profile_does_not_have_comes_from_the_environment(cli: CommandLine, config: Path) -> None:
    config.write_text(TWO)
    found = sources(cli, "--profile", "quiet", SMARTLEAD_API_KEY=KEY)
    assert found["key"] == ("***", "SMARTLEAD_API_KEY")
    assert found["proxy"] == (None, "default")


def test_an_option_goes_before_the_profile(cli: CommandLine, config: Path, plan: Path) -> None:
    config.write_text(TWO)
    assert "at pro" in cli("check", plan, "--profile", "loud").stdout
    assert "at pro" in cli("--profile", "loud", "check", plan).stdout
    assert "at 60/60" in cli("check", plan, "--profile", "loud", "--tier", "60/60").stdout


def test_an_empty_variable_chooses_no_profile(cli: CommandLine, config: Path) -> None:
    config.write_text(TWO.replace('default_profile = "quiet"', ""))
    assert shown(cli, SMARTLEAD_PROFILE="")["profile"] is None


# --- keys --------------------------------------------------------------------------------------------
def test_a_request_is_sent_with_the_key_and_to_the_server_of_the_profile(
    cli: CommandLine, config: Path, served: Served
) -> None:
    config.write_text(f'[profiles.acme]\nkey_env = "ACME_KEY"\nbase_url = "{served.url}"\n')
    assert cli("campaigns", "list", "--profile", "acme", ACME_KEY=KEY).exit_code == 0
    refused = cli("campaigns", "list", "--profile", "acme", ACME_KEY=OTHER, SMARTLEAD_API_KEY=KEY)
    assert refused.exit_code == 3
    assert OTHER not in refused.output


def printing(text: str, code: int = 0) -> str:
    """Return the TOML of a command that prints a text."""
    return json.dumps([sys.executable, "-c", f"print({text!r}, end='\\n'); raise SystemExit({code})"])


def test_a_command_prints_the_key_once_for_a_command_line(
    cli: CommandLine, config: Path, served: Served, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    script = tmp_path / "key.py"
    script.write_text(f"open({str(log)!r}, 'a').write('x')\nprint({KEY!r})\n")
    command = json.dumps([sys.executable, str(script)])
    config.write_text(f'[profiles.acme]\nkey_command = {command}\nbase_url = "{served.url}"\n')
    assert cli("campaigns", "list", "--profile", "acme").exit_code == 0
    assert log.read_text() == "x"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (printing(KEY, 3), "failed with exit code 3: run it by hand to see why"),
        (printing(""), "has no key"),
        (printing(f"{KEY}\nmore"), "printed more than one line"),
        (printing("a key"), "whitespace or control characters"),
        ('["/nowhere/at/all"]', "cannot be run: No such file or directory"),
        ('["a\\u0000b"]', "cannot be run"),
    ],
)
def test_a_command_without_a_key_is_one_message_that_shows_nothing_of_its_output(
    cli: CommandLine, config: Path, command: str, message: str
) -> None:
    config.write_text(f"[profiles.acme]\nkey_command = {command}\n")
    result = cli("config", "--check", "--profile", "acme")
    assert result.exit_code == 3
    assert message in result.stderr
    assert KEY not in result.output
    assert result.stderr.count("Error: ") == 1


def test_a_command_that_does_not_end_is_given_up(
    cli: CommandLine, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_source, "_TIMEOUT", 0.2)
    waiting = json.dumps([sys.executable, "-c", "import time; time.sleep(60)"])
    config.write_text(f"[profiles.acme]\nkey_command = {waiting}\n")
    result = cli("config", "--check", "--profile", "acme")
    assert (result.exit_code, "did not end within 0.2 s" in result.stderr) == (3, True)


def test_a_command_is_only_run_when_the_key_is_needed(cli: CommandLine, config: Path, plan: Path) -> None:
    config.write_text(f"[profiles.acme]\nkey_command = {printing(KEY, 1)}\n")
    assert shown(cli, "--profile", "acme")["settings"]["key"]["value"] == f"from the command {sys.executable}"
    assert cli("check", plan, "--profile", "acme").exit_code == 0
    assert cli("provision", plan, "--profile", "acme").exit_code == 0


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_a_command_of_a_file_that_anyone_can_write_to_is_not_run(cli: CommandLine, config: Path) -> None:
    config.write_text(f"[profiles.acme]\nkey_command = {printing(KEY)}\n")
    config.chmod(0o646)
    result = cli("config", "--check", "--profile", "acme")
    assert (result.exit_code, "anyone can write to this file" in result.stderr) == (2, True)


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_a_password_is_not_taken_from_a_file_that_anyone_can_read(cli: CommandLine, config: Path) -> None:
    config.write_text(TWO)
    config.chmod(0o604)
    result = cli("config", "--profile", "loud")
    assert (result.exit_code, f"chmod 600 {config}" in result.stderr) == (2, True)
    assert "secret" not in result.stderr


class Keyring:
    """Stands for the keyring of the system."""

    @staticmethod
    def get_password(service: str, user: str) -> str | None:
        return {("smartlead-async", "acme"): KEY}.get((service, user))


def test_the_keyring_has_the_key(
    cli: CommandLine, config: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = pytest.importorskip("keyring")
    monkeypatch.setattr(keyring, "get_password", Keyring.get_password)
    config.write_text(
        f'[profiles.acme]\nkey_keyring = "acme"\nbase_url = "{served.url}"\n[profiles.x]\nkey_keyring = "y"\n'
    )
    assert cli("campaigns", "list", "--profile", "acme").exit_code == 0
    assert "the keyring entry y has no key" in cli("config", "--check", "--profile", "x").stderr


def test_a_missing_keyring_says_what_to_install(
    cli: CommandLine, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    config.write_text('[profiles.acme]\nkey_keyring = "acme"\n')
    result = cli("config", "--check", "--profile", "acme")
    assert (result.exit_code, "smartlead-async[keyring]" in result.stderr) == (3, True)


def test_keys_and_passwords_are_masked(cli: CommandLine, config: Path) -> None:
    config.write_text(TWO)
    result = cli("config", "--check", "--profile", "loud", LOUD_KEY=LONG)
    assert f"***{LONG[-4:]} (profile loud)" in result.stdout
    assert "http://***@proxy.example:8080 (profile loud)" in result.stdout
    short = cli("config", "--check", "--profile", "loud", LOUD_KEY=OTHER).stdout
    for secret in (LONG, LONG[:8], OTHER[-4:], "secret"):
        assert secret not in result.stdout + short


def test_a_defect_shows_no_key_of_a_profile(
    cli: CommandLine, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RuntimeError(f"the key is {KEY}")

    monkeypatch.setattr("smartlead_async.client.SmartleadClient.__init__", failing)
    config.write_text(TWO)
    result = cli("campaigns", "list", "--profile", "loud", "--debug", LOUD_KEY=KEY)
    assert result.exit_code == 5
    assert "RuntimeError" in result.stderr
    assert KEY not in result.output


# --- servers -----------------------------------------------------------------------------------------
def test_each_host_can_have_a_server_of_its_own(cli: CommandLine, config: Path, served: Served) -> None:
    config.write_text(f'[profiles.acme]\nkey_env = "K"\nhosts = {{ core = "{served.url}" }}\n')
    assert shown(cli, "--profile", "acme")["hosts"] == {"core": served.url}
    assert cli("campaigns", "list", "--profile", "acme", K=KEY).exit_code == 0


def test_the_proxy_of_a_profile_is_used_for_smartlead_alone(
    cli: CommandLine, config: Path, served: Served
) -> None:
    config.write_text('[profiles.acme]\nkey_env = "K"\nproxy = "ftp://proxy.example"\n')
    result = cli("campaigns", "list", "--profile", "acme", K=KEY)
    assert result.exit_code == 2
    assert f"{config}:3: profiles.acme.proxy" in result.stderr
    assert cli("campaigns", "list", "--profile", "acme", "--target", served.url, K=KEY).exit_code == 0


# --- mistakes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[profiles.acme\n", 1, "invalid TOML"),
        ('a = "b"\n\n[profiles.acme]\n', 1, "unknown key 'a'"),
        ('defualt_profile = "acme"\n', 1, "Did you mean 'default_profile'?"),
        ('default_profile = "acne"\n[profiles.acme]\n', 1, "Did you mean 'acme'?"),
        ('\n[acme]\ntier = "pro"\n', 2, "Write [profiles.acme] if it is a profile."),
        ('profiles = "acme"\n', 1, "expected a table for each profile"),
        ('[profiles.acme]\n# x\nteir = "pro"\n', 3, "Did you mean 'tier'?"),
        ('[profiles]\nacme.teir = "pro"\n', 2, "Did you mean 'tier'?"),
        ('[profiles."acme"]\ntier = 5\n', 2, "expected a string that is not empty"),
        ('[profiles.acme]\ntier = "cheap"\n', 2, "standard, pro, unlimited"),
        ('[profiles.acme]\nbase_url = "nonsense"\n', 2, "is not a URL"),
        ('[profiles.acme]\n\napi_key = "sk-cli"\n', 3, "must not contain the key itself"),
        ('[profiles.acme]\nkey_env = "A"\nkey_keyring = "b"\n', 3, "are both given"),
        ('[profiles.acme]\nkey_command = "pass show x"\n', 2, "expected a list of strings"),
        ('[profiles.acme.hosts]\ncoer = "https://x.example"\n', 2, "Did you mean 'core'?"),
        ('[profiles.acme]\nhosts = { core = "nonsense" }\n', 2, "is not a URL"),
        (
            '[profiles.acme]\nbase_url = "https://x.example"\nhosts = { core = "https://y.example" }\n',
            3,
            "both",
        ),
    ],
)
def test_a_mistake_is_one_message_with_file_and_line(
    cli: CommandLine, config: Path, text: str, line: int, message: str
) -> None:
    config.write_text(text)
    result = cli(
        "campaigns", "list", SMARTLEAD_API_KEY=KEY, SMARTLEAD_PROFILE="" if "default" in text else "acme"
    )
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {config}:{line}: ")
    assert message in result.stderr
    assert "sk-cli" not in result.stderr


def test_config_tells_a_mistake_in_any_profile(cli: CommandLine, config: Path) -> None:
    config.write_text('[profiles.good]\ntier = "pro"\n[profiles.bad]\nteir = "pro"\n')
    assert cli("config", "--profile", "good").exit_code == 2
    assert cli("campaigns", "list", "--target", "fake", "--profile", "good").exit_code == 0


@pytest.mark.parametrize("option", [["--profile", "acne"], []])
def test_a_profile_that_does_not_exist_is_named_with_what_chose_it(
    cli: CommandLine, config: Path, option: list[str]
) -> None:
    config.write_text("[profiles.acme]\n[profiles.borealis]\n")
    env = {} if option else {"SMARTLEAD_PROFILE": "acne"}
    result = cli("config", *option, **env)
    assert result.exit_code == 2
    source = "--profile" if option else "SMARTLEAD_PROFILE"
    assert f"Error: {source}: there is no profile 'acne'. Did you mean 'acme'?" in result.stderr


def test_a_file_without_profiles_says_what_to_write(cli: CommandLine, config: Path) -> None:
    assert "Write [profiles.acme] in it" in cli("config", "--profile", "acme").stderr


def test_a_file_that_cannot_be_read_is_one_message(cli: CommandLine, config: Path) -> None:
    config.unlink()
    assert f"there is no file {config}" in cli("config").stderr
    config.write_bytes(b"\xff\xfe[")
    assert "is not UTF-8" in cli("config").stderr
    config.unlink()
    config.mkdir()
    assert "cannot be read" in cli("config").stderr


def test_a_byte_order_mark_is_no_mistake(cli: CommandLine, config: Path) -> None:
    config.write_text('\ufeffdefault_profile = "acme"\n[profiles.acme]\ntier = "pro"\n', "utf-8")
    assert sources(cli)["tier"] == ("pro", "profile acme")


# --- the file ----------------------------------------------------------------------------------------
def test_init_writes_a_private_file_that_can_be_used_and_is_never_overwritten(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMARTLEAD_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = Path(cli("config", "path").stdout.strip())
    assert cli("config", "init").exit_code == 0
    assert file.name == "config.toml"
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    assert cli("config").exit_code == 0
    again = cli("config", "init")
    assert (again.exit_code, "exists" in again.stderr) == (2, True)


def test_the_template_without_its_signs_is_valid(cli: CommandLine, config: Path) -> None:
    config.unlink(missing_ok=True)
    assert cli("config", "init").exit_code == 0
    lines = config.read_text().splitlines()
    wanted = ("default_profile", "[profiles", "key_command", "tier", "proxy", "base_url")
    config.write_text("\n".join(line[2:] for line in lines if line[2:].startswith(wanted)))
    content = shown(cli)
    assert content["profile"] == "northwind"
    assert content["settings"]["key"]["value"] == "from the command pass"
    assert shlex.split("keyring set smartlead-async northwind")[2] == key_source.KEYRING_SERVICE
