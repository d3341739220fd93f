"""Values of a response that Python or a database could not hold are decode errors, and nothing worse."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import pytest

from smartlead_async.api.campaigns.create import CreateCampaign, DuplicateCampaign
from smartlead_async.api.campaigns.read import GetCampaign
from smartlead_async.errors import APIError, NotFound, ResponseDecodeError, SmartleadError
from smartlead_async.pipeline.headers import retry_after
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.request import Request

from .operations import MakeThing, ReadThing
from .scripted import ScriptedTransport, reply

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    "number",
    [
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e25", "-9223372036854775809",
        '"9223372036854775808"', f'"{"9" * 25}"', f'"{"9" * 5000}"', f'"-{"9" * 5000}"', "9" * 5000, "1e400",
        "1.5", "NaN", "Infinity", '"\\ud800"', "[1]", "null", "true",
    ],
)  # fmt: skip
@pytest.mark.parametrize("request_", [ReadThing(), MakeThing()])
async def test_an_integer_that_does_not_fit_into_64_bits_is_a_decode_error(
    scripted: ScriptedTransport, request_: Request[Any], number: str
) -> None:
    scripted.then(reply(200, b'{"id": %s}' % number.encode()))
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client(retry=RetryPolicy.NEVER).send(request_)
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize("number", [2**63 - 1, str(2**63 - 1), -(2**63) + 1, 7.0, "+7", " 7 "])
async def test_an_integer_of_64_bits_is_read(scripted: ScriptedTransport, number: object) -> None:
    scripted.then(reply(200, {"id": number}))
    assert (await scripted.client().send(ReadThing())).id == int(str(number).removesuffix(".0"))


@pytest.mark.parametrize("number", [0, -5, "0", 10**25])
@pytest.mark.parametrize(
    ("request_", "key"), [(CreateCampaign("x"), "id"), (DuplicateCampaign(7), "newCampaignId")]
)
async def test_the_id_of_a_new_campaign_is_above_zero(
    scripted: ScriptedTransport, request_: Request[Any], key: str, number: object
) -> None:
    scripted.then(reply(200, {"ok": True, key: number}))
    with pytest.raises(ResponseDecodeError, match=key if number == 10**25 else "at least 1"):
        await scripted.client().send(request_)
    assert len(scripted.sent) == 1


@pytest.mark.parametrize("depth", [60, 900, 1020, 5000, 100_000])
@pytest.mark.parametrize("status", [200, 400, 404, 500])
@pytest.mark.parametrize("unit", [("[", "]"), ('{"message":', "}"), ('{"id":', "}"), ('{"error":', "}")])
async def test_deep_nesting_ends_in_an_error_that_can_be_printed_and_pickled(
    scripted: ScriptedTransport, unit: tuple[str, str], status: int, depth: int
) -> None:
    scripted.always = reply(status, (unit[0] * depth + "1" + unit[1] * depth).encode())
    with pytest.raises(SmartleadError) as raised:
        await scripted.client(retry=RetryPolicy.NEVER).send(ReadThing())
    assert len(str(raised.value)) < 1000
    assert len(repr(vars(raised.value))) < 5000
    pickle.dumps(raised.value)


# --- Retry-After -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1800000030", 30.0), ("1800000030.5", 30.5), ("1800000030000", 30.0), ("1700000000", 0.0),
        ("0", 0.0), ("2.5", 2.5), ("-30", None), ("-1800000030", None), ("99999", 99999.0), ("inf", None),
        ("1e300", None), ("9" * 5000, None), ("", None), ("30, 60", None), ("\u0663\u0660", 30.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0), ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("Fri, 99 Jan 99999 08:00:30 GMT", None), ("0001-01-01", None),
    ],
)  # fmt: skip
def test_a_wait_is_read_from_seconds_dates_and_timestamps(value: str, seconds: float | None) -> None:
    assert retry_after(429, {"retry-after": value}, None, now=NOW) == seconds


@pytest.mark.parametrize("skew", [-400.0, 400.0, 1e6])
def test_points_in_time_are_compared_with_the_clock_of_the_server(skew: float) -> None:
    date = {"date": "Fri, 15 Jan 2027 08:00:00 GMT"}
    for headers in (
        {"retry-after": "Fri, 15 Jan 2027 08:00:30 GMT"},
        {"retry-after": "1800000030"},
        {"x-ratelimit-reset": "1800000030"},
    ):
        assert retry_after(429, date | headers, None, now=NOW + skew) == 30.0
    assert retry_after(429, date | {"retry-after": "30"}, None, now=NOW + skew) == 30.0


@pytest.mark.parametrize("asked", ["500000", "Fri, 15 Jan 2038 08:00:30 GMT", "2100000000"])
async def test_an_absurd_wait_is_cut_and_a_warning_is_logged(
    scripted: ScriptedTransport, caplog: pytest.LogCaptureFixture, asked: str
) -> None:
    client = scripted.client(wall_clock=lambda: NOW)
    scripted.then(reply(429, None, retry_after=asked), reply(200, {"id": 7}))
    await client.send(ReadThing())
    assert scripted.pauses == [pytest.approx(3600, abs=1e-3)]
    assert "the server asks to wait" in caplog.text


# --- what is told ------------------------------------------------------------------------------------


async def test_retries_and_waits_after_429s_are_logged(
    scripted: ScriptedTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    refusal = {"message": "secret"}
    scripted.then(reply(503, refusal), reply(429, refusal, retry_after=30), reply(200, {"id": 7}))
    await scripted.client().send(ReadThing())
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert lines[0][0] == "INFO"
    assert lines[0][1].startswith("ReadThing: attempt 1 failed (HTTP 503), retrying in ")
    assert lines[1] == ("INFO", "ReadThing: rate limited (429), nothing is sent for 30.0 s")
    assert "secret" not in caplog.text


async def test_a_404_names_the_object(scripted: ScriptedTransport) -> None:
    scripted.then(reply(404, {"error": "Resource not found"}))
    with pytest.raises(NotFound) as raised:
        await scripted.client().send(GetCampaign(4101))
    assert raised.value.target == "campaign 4101"
    assert str(raised.value) == "campaign 4101: Resource not found (HTTP 404, GetCampaign)"
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


async def test_other_errors_name_no_object(scripted: ScriptedTransport) -> None:
    scripted.then(reply(409, {"error": "no"}))
    with pytest.raises(APIError) as raised:
        await scripted.client().send(GetCampaign(4101))
    assert "4101" not in str(raised.value)
