"""``smartlead-async webhooks``: a receiver in a process of its own, and samples that are sent to it."""

from __future__ import annotations

import json
import signal
import sys
import urllib.error
import urllib.request

import pytest

from smartlead_async import webhooks

from .conftest import CommandLine
from .processes import Started, run, started

SECRETS = {"SMARTLEAD_WEBHOOK_TOKEN": "t0ken", "SMARTLEAD_WEBHOOK_SIGNING_SECRET": "s1gning"}
KEY = "11111111-2222-4333-8444-555555555555"


def url_of(receiver: Started) -> str:
    return receiver.until("Listening").split()[2].removesuffix(",").removesuffix("?token=…")


def stop(receiver: Started, number: signal.Signals = signal.SIGINT) -> None:
    receiver.send(number)


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="stopped by signals"),
]


def test_every_sample_is_received_and_shown_within_80_columns() -> None:
    with started("webhooks", "listen", "--port", 0) as receiver:
        url = url_of(receiver)
        sent = run(
            "webhooks", "trigger", "all", "--url", url, "--lead", "kim@prospect.example", "--campaign", 77
        )
        assert sent.code == 0, sent
        stop(receiver)
        received = receiver.finish()
    assert (received.code, received.err) == (0, "")
    lines = received.out.splitlines()
    assert lines[-1] == f"Received {len(webhooks.SAMPLES)} events."
    assert all(name in received.out and f"{name} " in sent.out for name in webhooks.SAMPLES)
    assert "kim@prospect.example" in received.out
    assert "campaign 77 Spring outreach" in received.out
    assert "550 no such user" in received.out
    assert max(map(len, lines)) <= 80
    assert KEY not in received.out


def test_secrets_are_checked_and_not_shown() -> None:
    with started("webhooks", "listen", "--port", 0, **SECRETS) as receiver:
        url = url_of(receiver)
        accepted = run("webhooks", "trigger", "email_open", "--url", url, **SECRETS)
        without = run("webhooks", "trigger", "EMAIL_OPEN", "--url", url)
        wrong = run("webhooks", "trigger", "EMAIL_OPEN", "--url", url, "--token", "guess")
        stop(receiver, signal.SIGTERM)
        received = receiver.finish()
    assert [accepted.code, without.code, wrong.code] == [0, 1, 1], (accepted, without, wrong)
    assert "EMAIL_OPEN                  401 in" in without.out
    assert received.err.count("no valid url token") == 2
    assert "Received 1 event." in received.out
    everything = "".join(each.everything for each in (accepted, without, wrong, received))
    assert not any(secret in everything for secret in ("t0ken", "s1gning", KEY))


def test_json_has_the_payload_and_marks_repeated_deliveries() -> None:
    body = json.dumps(webhooks.sample("EMAIL_OPEN", subject="Grüße")).encode()
    with started("webhooks", "listen", "--port", 0, "--json") as receiver:
        url = receiver.until("Listening", in_err=True).split()[2].removesuffix(",")
        for _ in range(2):
            with urllib.request.urlopen(
                urllib.request.Request(f"{url}any/path", body), timeout=30
            ) as response:
                assert response.status == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(url, b"{}"), timeout=30)
        refused.value.close()
        receiver.until('"is_repeated": true')
        stop(receiver)
        received = receiver.finish()
    assert refused.value.code == 400
    first, again = (json.loads(line) for line in received.out.splitlines())
    assert (first["is_repeated"], again["is_repeated"]) == (False, True)
    assert first["payload"]["subject"] == "Grüße"
    assert first["payload"]["secret_key"] == "***"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("EMAIL_OPEN", "--url", "ftp://example.com"), "--url must look like"),
        (("EMAIL_OPENS", "--url", "http://127.0.0.1:1/"), "no sample of EMAIL_OPENS; there are EMAIL_SENT"),
        (("EMAIL_OPEN", "--url", "http://127.0.0.1:1/?token=t0ken"), "http://127.0.0.1:1/ cannot be reached"),
    ],
)
def test_what_cannot_be_sent_is_one_message(
    cli: CommandLine, arguments: tuple[str, ...], message: str
) -> None:
    result = cli("webhooks", "trigger", *arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "t0ken" not in result.output


def test_a_receiver_elsewhere_is_warned_about() -> None:
    from smartlead_async.cli.webhook_trigger import Receiver

    receiver = Receiver.parse("https://user:pw@hooks.example.com?token=a", None, None)
    assert (receiver.is_loopback, receiver.shown) == (False, "https://hooks.example.com/")


def test_a_port_in_use_is_an_error() -> None:
    with started("webhooks", "listen", "--port", 0) as receiver:
        port = url_of(receiver).rpartition(":")[2].rstrip("/")
        second = run("webhooks", "listen", "--port", port)
        stop(receiver)
        receiver.finish()
    assert second.code == 2
    assert "it is in use" in second.err
