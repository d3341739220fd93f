"""The command of one operation: its options, help and values are generated from the request class."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import attrs
import typer

from ..fields import NOT_GIVEN, Between, Length
from ..request import Part
from .field_values import construct, describe, from_json, from_options, list_item, read_json, values_by_name
from .help_pages import App
from .operation_names import plain_text
from .options import ProxyOption, TierOption, YesOption
from .output import CommandError
from .settings import with_shared_options

if TYPE_CHECKING:
    from ..request import Parameter

_FIELD = "field_"
_BODY = "body"


@attrs.frozen
class CallOptions:
    """The options of ``call`` that are not fields of the request."""

    body: str | None
    output: str | None
    all: bool
    columns: str | None
    reveal: bool
    yes: bool
    target: str
    tier: str | None
    proxy: str | None


Run = Callable[[str, Any, Mapping[str, Sequence[str]], CallOptions], None]


def operation_command(name: str, request: Any, run: Run) -> Any:
    """Return the command that calls ``run`` with the texts of the fields that were given."""

    def command(**values: Any) -> None:
        fields = {key.removeprefix(_FIELD): values.pop(key) for key in list(values) if key.startswith(_FIELD)}
        run(name, request, {key: each for key, each in fields.items() if each}, CallOptions(**values))

    annotations = _annotations(request)
    command.__annotations__ = annotations
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                key, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(key), annotation=kind
            )
            for key, kind in annotations.items()
        ]
    )
    app = App(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command(name, help=_help(request))(with_shared_options(command))
    return typer.main.get_command(app)


_DEFAULTS = {"all": False, "reveal": False, "yes": False, "target": "live"}


def _annotations(request: Any) -> dict[str, Any]:
    """Return the options: those of the fields first, whose names take precedence."""
    kinds = get_type_hints(request)
    fields = {f"{_FIELD}{p.name}": _field_option(p, kinds[p.name]) for p in request.parameters}
    taken = {p.name for p in request.parameters}
    return fields | {name: make(_flag(name, taken)) for name, make in _OWN_OPTIONS.items()} | _SHARED


def _flag(name: str, taken: set[str]) -> str:
    return f"--request-{name}" if name in taken else f"--{name}"


_SHARED: dict[str, Any] = {"yes": YesOption, "tier": TierOption, "proxy": ProxyOption}
_OWN_OPTIONS: dict[str, Callable[[str], Any]] = {
    _BODY: lambda flag: Annotated[
        str | None,
        typer.Option(
            flag,
            metavar="JSON|@file",
            help="The fields as one JSON object; @- reads stdin. Options take precedence.",
        ),
    ],
    "output": lambda flag: Annotated[
        str | None,
        typer.Option(
            flag,
            metavar="table|json|jsonl|csv",
            help="Default: a table for a list on a terminal, JSON otherwise.",
        ),
    ],
    "all": lambda flag: Annotated[bool, typer.Option(flag, help="Print the items of all pages.")],
    "columns": lambda flag: Annotated[
        str | None, typer.Option(flag, metavar="a,b", help="Only these columns; dots step into objects.")
    ],
    "reveal": lambda flag: Annotated[
        bool, typer.Option(flag, help="Print passwords and keys instead of ***.")
    ],
    "target": lambda flag: Annotated[
        str, typer.Option(flag, metavar="live|fake|URL", help="Where the request is sent.")
    ],
}


def flag_of(parameter: Parameter) -> str:
    """Return the option of a field."""
    return f"--{parameter.name.replace('_', '-')}"


def _field_option(parameter: Parameter, kind: Any) -> Any:
    shown = describe(kind).removesuffix(", repeatable")
    return Annotated[
        list[str] | None,
        typer.Option(
            flag_of(parameter), metavar=shown, help=_field_help(parameter, kind), show_default=False
        ),
    ]


def _field_help(parameter: Parameter, kind: Any) -> str:
    parts = ["Required." if parameter.required else ""]
    default = parameter.attribute.default
    if not parameter.required and default is not None and default is not NOT_GIVEN:
        parts.append(f"Default: {default if not isinstance(default, attrs.Factory) else 'none'}.")  # type: ignore[arg-type]
    if list_item(kind) is not None:
        parts.append("Repeat it, or pass a JSON list.")
    parts += [_bounds(validator) for validator in _validators(parameter)]
    return " ".join(part for part in parts if part)


def _validators(parameter: Parameter) -> Sequence[Any]:
    validator = parameter.attribute.validator
    inner = getattr(validator, "_validators", None)
    return inner if inner is not None else (validator,)


def _bounds(validator: Any) -> str:
    if not isinstance(validator, (Between, Length)):
        return ""
    noun = " items or characters" if isinstance(validator, Length) else ""
    least = f"at least {validator.minimum:g}" if validator.minimum else ""
    most = f"at most {validator.maximum:g}" if validator.maximum is not None else ""
    bounds = " and ".join(filter(None, (least, most)))
    return f"{bounds.capitalize()}{noun}." if bounds else ""


def _help(request: Any) -> str:
    documentation = inspect.cleandoc(request.__doc__ or "").partition("Example::")[0]
    paragraphs = [plain_text(each) for each in documentation.split("\n\n") if each.strip()]
    operation = request.operation
    paragraphs.append(f"{operation.method} {operation.path} (effect: {operation.effect.value})")
    if operation.documentation:
        paragraphs.append(operation.documentation)
    return "\n\n".join(paragraphs)


# --- values -------------------------------------------------------------------------------------------


def build_request(name: str, request: Any, fields: Mapping[str, Sequence[str]], body: str | None) -> Any:
    """Return the request of the options and the body; raise :class:`CommandError` for what it refuses."""
    values = {} if body is None else _body_values(name, request, body)
    kinds = get_type_hints(request)
    for parameter in request.parameters:
        if given := fields.get(parameter.name):
            values[parameter.name] = from_options(flag_of(parameter), kinds[parameter.name], given)
    missing = [flag_of(p) for p in request.parameters if p.required and p.name not in values]
    if missing:
        raise CommandError(f"{name} needs {', '.join(missing)}: see `smartlead-async call {name} --help`")
    return construct(name, request, values)


def _body_values(name: str, request: Any, body: str) -> dict[str, Any]:
    content = read_json("--body", body)
    whole = next((p for p in request.parameters if p.part is Part.WHOLE_BODY), None)
    if whole is not None and isinstance(content, list):
        return {whole.name: from_json(whole.name, get_type_hints(request)[whole.name], content)}
    if not isinstance(content, dict):
        raise CommandError(f"--body is a JSON object with the fields of {name}, not {type(content).__name__}")
    return values_by_name(name, request, content)
