"""Raw requests: what is sent, what is printed, and what is never repeated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from smartlead_async.cli.raw_request import RawRequest
from smartlead_async.fake import Fault
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Host

from .conftest import CommandLine
from .plans import KEY
from .serving import Served


@pytest.fixture
def api(cli: CommandLine, served: Served) -> Any:
    def run(*arguments: object, key: str = KEY) -> Result:
        return cli("api", *arguments, "--target", served.url, SMARTLEAD_API_KEY=key)

    return run


def test_a_post_has_its_fields_in_the_body_and_a_get_in_the_query(api: Any, served: Served) -> None:
    result = api("post", "/campaigns/create", "-f", "name=42", "-F", "client_id=null")
    assert result.exit_code == 0, result.output
    campaign = json.loads(result.stdout)["id"]
    assert served.statuses() == {("42", "DRAFTED"): 1}
    for path in (f"/campaigns/{campaign}/leads", f"/api/v1/campaigns/{campaign}/leads?offset=0"):
        assert json.loads(api("GET", path, "-f", "limit=1").stdout)["data"] == []


def test_the_body_comes_from_a_file(api: Any, served: Served, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_text('{"name": "from the file"}', encoding="utf-8")
    assert api("POST", "/campaigns/create", "--input", file).exit_code == 0
    assert served.statuses() == {("from the file", "DRAFTED"): 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["FETCH", "/campaigns/"], "the method is one of GET, POST"),
        (["GET", "campaigns"], "the path begins with a slash"),
        (["GET", "https://evil.example/campaigns"], "the path begins with a slash"),
        (["GET", "/campaigns/../client"], "no . and .. segments"),
        (["GET", "/campaigns/%2e%2e/client"], "no . and .. segments"),
        (["GET", "/campaigns/#x"], "no fragment"),
        (["GET", "/campaigns/", "-f", "limit"], "takes key=value"),
        (["GET", "/campaigns/", "-f", "api_key=abc"], "leave api_key out"),
        (["GET", "/campaigns/?api_key=abc"], "leave api_key out"),
        (["GET", "/campaigns/", "--host", "mail"], "--host is one of core, delivery, prospect, senders"),
        (["POST", "/campaigns/create", "-f", "a=1", "-f", "a=2"], "'a' is given twice"),
        (["POST", "/campaigns/create", "--input", "missing.json"], "missing.json cannot be read"),
        (["GET", "/campaigns/", "--input", "-"], "JSON of - cannot be read"),
    ],
)
def test_what_cannot_be_sent_is_one_message(
    api: Any, served: Served, arguments: list[str], message: str
) -> None:
    result = api(*arguments)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert served.requests() == 0


def test_an_error_response_is_printed_with_its_body(api: Any) -> None:
    result = api("POST", "/campaigns/999/status", "-f", "status=PAUSED")
    assert result.exit_code == 1
    assert "HTTP 404" in result.stderr
    assert isinstance(json.loads(result.stdout), dict)


def test_a_key_in_a_response_is_redacted(api: Any, served: Served) -> None:
    result = api("POST", "/campaigns/create", "-f", f"name={KEY}")
    assert result.exit_code == 0, result.output
    assert KEY not in result.output
    assert "***" in result.stdout


def test_a_refused_key_has_its_own_exit_code(api: Any) -> None:
    assert api("GET", "/campaigns/", key="sk-wrong-1").exit_code == 3


def test_only_a_get_is_repeated_after_a_lost_response(api: Any, served: Served) -> None:
    served.call(lambda: served.fake.fail_next(Fault.lost_after()))
    assert api("GET", "/campaigns/").exit_code == 0
    before = served.requests()
    served.call(lambda: served.fake.fail_next(Fault.lost_after()))
    result = api("POST", "/campaigns/create", "-f", "name=once")
    assert result.exit_code == 6
    assert "outcome unknown: " in result.stderr
    assert served.requests() == before + 1


@pytest.mark.parametrize("host", ["core", "delivery", "prospect", "senders"])
def test_a_request_goes_to_its_host(host: str) -> None:
    request = RawRequest.parse("GET", "/a b/?x=1&x=2", [("y", True)], None, host).build()
    assert request.operation.host is Host[host.upper()]
    assert encode(request)[:2] == ("/a%20b/", "x=1&x=2&y=true")
