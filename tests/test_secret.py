"""Secrets in responses: only an explicit call reads them."""

from __future__ import annotations

import copy
import json
import pickle

import attrs
import pytest

from smartlead_async import Secret
from smartlead_async.pipeline.converter import structure, unstructure


@attrs.frozen
class Login:
    name: str
    password: Secret | None = None


LOGIN = Login("ana@mail.example", Secret("hunter2"))


def test_a_secret_is_read_by_an_explicit_call() -> None:
    login = structure({"name": "ana@mail.example", "password": "hunter2"}, Login)
    assert login == LOGIN
    assert login.password.reveal() == "hunter2"


@pytest.mark.parametrize("missing", [{}, {"password": None}])
def test_a_secret_that_is_missing_is_none(missing: dict[str, None]) -> None:
    assert structure({"name": "ana@mail.example"} | missing, Login).password is None


def test_a_secret_of_digits_is_a_string() -> None:
    assert structure({"name": "ana@mail.example", "password": 402871}, Login).password == Secret("402871")


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        "{!r}".format,
        lambda login: f"{login.password} {login.password!r}",
        lambda login: "%s %r" % (login.password, login.password),  # noqa: UP031
        attrs.asdict,
        attrs.astuple,
        unstructure,
        lambda login: json.dumps(attrs.asdict(login), default=str),
        lambda login: login.password.__reduce_ex__(2),
    ],
)
def test_a_secret_does_not_show(show: object) -> None:
    assert callable(show)
    assert "hunter2" not in str(show(LOGIN))


def test_a_pickle_does_not_hold_a_secret_and_says_so_when_it_is_read() -> None:
    pickled = pickle.dumps(LOGIN)
    assert b"hunter2" not in pickled
    login = pickle.loads(pickled)
    assert login.name == "ana@mail.example"
    with pytest.raises(ValueError, match="pickles do not hold secrets: read it again"):
        login.password.reveal()


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, attrs.evolve])
def test_a_copy_keeps_a_secret(copied: object) -> None:
    assert callable(copied)
    assert copied(LOGIN) == LOGIN
    assert attrs.asdict(copied(LOGIN))["password"].reveal() == "hunter2"


def test_secrets_are_equal_if_their_values_are() -> None:
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
