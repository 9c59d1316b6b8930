"""Values of the pure rooms as JSON text, and back."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot.liveblog.claims import Claim

T = TypeVar("T")

# Made at first use: an adapter costs milliseconds and some hundred kilobytes.
_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a type or a union of types
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def dumps(kind: Any, value: Any) -> str:  # noqa: ANN401 - any value of that kind
    """A value of `kind` as JSON text."""
    return _adapter(kind).dump_json(value).decode()


def loads(kind: type[T], text: str) -> T:
    """The value of `kind` that JSON text holds."""
    adapter: TypeAdapter[T] = _adapter(kind)
    return adapter.validate_json(text)


def claim_from(text: str) -> Claim:
    """A claim, by its `type`."""
    adapter: TypeAdapter[Claim] = _adapter(Claim)
    return adapter.validate_json(text)
