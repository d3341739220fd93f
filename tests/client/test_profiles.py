"""Clients by profile: ``from_env`` takes from it what the command line takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from smartlead_async import ConfigurationError, RateLimits, SmartleadClient

from .operations import ReadThing
from .scripted import ScriptedTransport, reply

THING = reply(200, {"id": 7})

PROFILES = """
[profiles.northwind]
key_env = "NORTHWIND_KEY"
tier = "3/100"
hosts = { core = "https://gateway.example/api/v1" }

[profiles.harbor]
key_command = ["printf", "key-of-harbor"]
base_url = "https://harbor.example/api/v1"
proxy = "http://proxy.example:8080"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("API_KEY", "BASE_URL", "TIER", "PROFILE"):
        monkeypatch.delenv(f"SMARTLEAD_{name}", raising=False)
    path = tmp_path / "config.toml"
    path.write_text(PROFILES)
    path.chmod(0o600)
    monkeypatch.setenv("SMARTLEAD_CONFIG", str(path))
    monkeypatch.setenv("NORTHWIND_KEY", "key-of-northwind")
    return path


async def url_of(client: SmartleadClient, scripted: ScriptedTransport) -> str:
    scripted.always = THING
    await client.send(ReadThing())
    return scripted.sent[-1].http.url


@pytest.mark.usefixtures("config")
async def test_a_profile_gives_key_hosts_and_tier(
    scripted: ScriptedTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://gateway.example/api/v1/things/7?api_key=key-of-northwind"
    client = SmartleadClient.from_env(profile="northwind", transport=scripted)
    assert (await url_of(client, scripted), client.limiter.available()) == (url, 2)
    monkeypatch.setenv("SMARTLEAD_PROFILE", "northwind")
    assert await url_of(SmartleadClient.from_env(transport=scripted), scripted) == url


@pytest.mark.usefixtures("config")
async def test_a_named_profile_goes_before_the_environment_and_that_of_the_environment_behind_it(
    scripted: ScriptedTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTLEAD_API_KEY", "from-env")
    monkeypatch.setenv("SMARTLEAD_BASE_URL", "https://env.example/api/v1")
    named = SmartleadClient.from_env(profile="northwind", transport=scripted)
    assert "gateway.example/api/v1/things/7?api_key=key-of-northwind" in await url_of(named, scripted)
    monkeypatch.setenv("SMARTLEAD_PROFILE", "northwind")
    chosen = SmartleadClient.from_env(transport=scripted)
    assert "env.example/api/v1/things/7?api_key=from-env" in await url_of(chosen, scripted)
    assert chosen.limiter.limits == RateLimits.parse("3/100")


@pytest.mark.usefixtures("config")
async def test_a_command_gives_the_key_and_the_proxy_is_for_the_default_transport(
    scripted: ScriptedTransport,
) -> None:
    client = SmartleadClient.from_env(profile="harbor", transport=scripted)
    assert await url_of(client, scripted) == "https://harbor.example/api/v1/things/7?api_key=key-of-harbor"
    async with SmartleadClient.from_env(profile="harbor", limits=RateLimits.PRO) as own:
        assert own.limiter.limits == RateLimits.PRO


async def test_the_default_of_the_file_is_used_if_there_is_no_key(
    scripted: ScriptedTransport, config: Path
) -> None:
    config.write_text('default_profile = "northwind"\n' + PROFILES)
    client = SmartleadClient.from_env(transport=scripted)
    assert (await url_of(client, scripted)).endswith("key-of-northwind")


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("nortwind", "profile: there is no profile 'nortwind'. Did you mean 'northwind'"),
        (None, "SMARTLEAD_API_KEY is not set"),
    ],
)
@pytest.mark.usefixtures("config")
def test_what_is_missing_is_named(profile: str | None, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        SmartleadClient.from_env(profile=profile)


@pytest.mark.parametrize(
    ("line", "mode", "message"),
    [
        ('key = "sk-in-the-file"', 0o600, "the file must not contain the key itself"),
        ('key_command = ["pass", "show", "x"]', 0o622, "anyone can write to this file"),
        ('proxy = "http://ann:secret@proxy.example"', 0o644, "anyone can read this file"),
    ],
)
def test_what_a_file_must_not_hold_is_refused_in_programs_too(
    config: Path, line: str, mode: int, message: str
) -> None:
    config.write_text(f"[profiles.northwind]\n{line}\n")
    config.chmod(mode)
    with pytest.raises(ConfigurationError, match=message) as raised:
        SmartleadClient.from_env(profile="northwind")
    assert "sk-in-the-file" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_nothing_is_loaded_if_no_profile_is_named() -> None:
    code = (
        "import sys; from smartlead_async import SmartleadClient; SmartleadClient.from_env();"
        "print([m for m in sys.modules if m.startswith('smartlead_async.profiles') or m == 'tomllib'])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"SMARTLEAD_API_KEY": "test-key", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"
