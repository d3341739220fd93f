"""``smartlead-async fake serve`` in a process of its own."""

from __future__ import annotations

import html
import http.client
import json
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from smartlead_async.request import Host

from .conftest import CommandLine
from .plans import KEY, name
from .processes import run, started

pytestmark = pytest.mark.slow


def _get(url: str, path: str, key: str) -> tuple[int, bytes]:
    request = urllib.request.Request(f"{url}{path}?api_key={key}", headers={"User-Agent": "a-test/1"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_first_line_is_the_base_url() -> None:
    with started("fake", "serve", "--api-key", KEY) as server:
        url = server.until("http")
        assert server.out[0].decode().strip() == url
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/api/v1")
        assert _get(url, "/campaigns", KEY) == (200, b"[]")
        assert _get(url, "/campaigns", "another")[0] == 401


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(number: signal.Signals) -> None:
    with started("fake", "serve") as server:
        server.until("http")
        server.send(number)
        ended = server.finish()
    assert ended.code == 0
    assert ended.err == ""


def test_provision_works_against_it_with_the_same_plan(plan: Path) -> None:
    with started(
        "fake", "serve", "--api-key", KEY, "--plan", plan, "--tier", "pro", "--faults", "0"
    ) as server:
        url = server.until("http")
        done = run("provision", plan, "--target", url, "--tier", "pro", SMARTLEAD_API_KEY=KEY)
        assert done.code == 0, done
        campaigns = json.loads(_get(url, "/campaigns", KEY)[1])
        accounts = json.loads(_get(url, "/email-accounts", KEY)[1])
    assert {(c["name"], c["status"], c["client_id"]) for c in campaigns} == {
        (name(n), "ACTIVE", 7) for n in range(3)
    }
    assert {account["id"] for account in accounts} == {601, 745}


def _status(url: str, agent: str, key: str = "test-key") -> int:
    request = urllib.request.Request(f"{url}/campaigns?api_key={key}", headers={"User-Agent": agent})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("agent", ["curl/8.5.0", "python-requests/2.32", "Python-urllib/3.11", ""])
def test_it_accepts_any_user_agent_if_told_so(agent: str) -> None:
    with started("fake", "serve", "--accept-any-user-agent") as server:
        assert _status(server.until("http"), agent) == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_a_user_agent_that_is_refused_is_logged_with_the_reason() -> None:
    with started("fake", "serve") as server:
        url = server.until("http")
        assert [_status(url, "curl/8.5.0") for _ in range(3)] == [403, 403, 403]
        assert "names only a library: 'curl/8.5.0'" in server.until("1010", in_err=True)
        server.send(signal.SIGTERM)
        ended = server.finish()
    assert ended.code == 0
    assert ended.err.count("1010") == 1
    assert "3 requests got a 403" in ended.err
    assert "--accept-any-user-agent" in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_several_keys_have_limits_of_their_own_and_their_429s_are_counted() -> None:
    long = "0f8fad5b-d9cb-469f-a165-70867728950e_abcdefg"
    keys = ("--key", "one", "--api-key", "two", "--key", long)
    with started("fake", "serve", *keys, "--tier", "2/3600") as server:
        url = server.until("http")
        statuses = {
            key: [_status(url, "a-test/1", key) for _ in range(n)] for key, n in (("one", 5), ("two", 2))
        }
        assert _status(url, "a-test/1", long) == 200
        assert _status(url, "a-test/1", "test-key") == 401
        server.send(signal.SIGTERM)
        ended = server.finish()
    assert statuses == {"one": [200, 200, 429, 429, 429], "two": [200, 200]}
    assert ended.err.splitlines() == [
        "Served 9 requests.",
        "Key one: 5 requests, 3 got a 429.",
        "Key two: 2 requests, 0 got a 429.",
        "Key 0f8f…: 1 request, 0 got a 429.",
    ]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize(
    ("path", "options"), [("", ()), ("/api/v1", ("--accept-any-user-agent",)), ("/api/v1/", ())]
)
def test_its_page_shows_commands_for_curl_that_work(path: str, options: tuple[str, ...]) -> None:
    with started("fake", "serve", "--key", "my-key", *options) as server:
        url = server.until("http")
        with urllib.request.urlopen(f"{url.removesuffix('/api/v1')}{path}", timeout=30) as response:
            page = response.read().decode()
        assert all(host.value in page for host in Host)
        commands = [
            line for line in html.unescape(page).replace("<pre>", "").splitlines() if line.startswith("curl")
        ]
        for command in commands:
            arguments = shlex.split(command.partition("</pre>")[0])
            ran = subprocess.run(
                [*arguments, "-sS", "-w", "%{http_code}"], capture_output=True, check=False, timeout=30
            )
            assert ran.stdout.endswith(b"200"), (command, ran)
    assert len(commands) == 7


def test_faults_reach_the_client() -> None:
    with started("fake", "serve", "--faults", "1", "--seed", "2") as server:
        url = server.until("http")
        broken = 0
        for _ in range(5):
            try:
                broken += _get(url, "/campaigns", "test-key") != (200, b"[]")
            except (OSError, http.client.HTTPException):
                broken += 1
        assert broken


def test_a_port_in_use_gives_one_message(cli: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = cli("fake", "serve", "--port", port)
    assert result.exit_code == 2
    assert f"127.0.0.1:{port}" in result.stderr
    assert "in use" in result.stderr
    assert result.stdout == ""


def test_a_host_that_other_machines_can_reach_gives_a_warning() -> None:
    with started("fake", "serve", "--host", "0.0.0.0") as server:
        assert "anyone who can reach it" in server.until("Listening", in_err=True)
        assert server.until("http").startswith("http://0.0.0.0:")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--faults", "1.5"],
        ["--faults", "nan"],
        ["--tier", "cheap"],
        ["--port", "70000"],
        ["--api-key", " "],
        ["--host", "no.such.host.invalid"],
        ["--plan", "gone.yaml"],
    ],
)
def test_invalid_options_give_one_message(cli: CommandLine, arguments: list[str]) -> None:
    result = cli("fake", "serve", *arguments)
    assert result.exit_code == 2
    assert result.output.strip()
    assert "http" not in result.stdout
