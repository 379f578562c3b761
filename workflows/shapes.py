"""What may be asked of a value whose model is known: its fields, its elements, their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import BaseModel


class Missing(LookupError):
    """A value has no such field; `there` are the ones that it has, none where it is a plain value."""

    def __init__(self, there: list[str]) -> None:
        super().__init__(", ".join(there))
        self.there = there


@dataclass(frozen=True)
class Shape:
    """A JSON Schema, walked. Where it leaves open what a value holds, anything may be asked."""

    schema: Mapping[str, Any] = field(default_factory=dict)
    named: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, model: type[BaseModel]) -> "Shape":
        """The shape of what a model is stored as."""
        return _of(model)

    @property
    def fields(self) -> list[str]:
        """The names of the fields of an object."""
        return sorted({name for arm in self._arms() for name in arm.get("properties", {})})

    def into(self, part: str | int) -> "Shape":
        """The shape of a field or an element; raises Missing."""
        arms = self._arms()
        for arm in arms:
            found = _inside(arm, part)
            if found is not None:
                return Shape(found, self.named)
        raise Missing(self.fields)

    def _arms(self) -> list[Mapping[str, Any]]:
        """What the value may be, without null and with references followed."""
        open_schemas, arms = [self.schema], []
        while open_schemas:
            schema = open_schemas.pop(0)
            if "$ref" in schema:
                open_schemas.append(self.named[schema["$ref"].rpartition("/")[2]])
            elif "anyOf" in schema or "oneOf" in schema:
                open_schemas += schema.get("anyOf", schema.get("oneOf"))
            elif schema.get("type") != "null":
                arms.append(schema)
        return arms


OPEN: Mapping[str, Any] = {}


def _inside(schema: Mapping[str, Any], part: str | int) -> Mapping[str, Any] | None:
    """The schema of a part; None where there is none, OPEN where it may be anything."""
    kind = schema.get("type")
    if kind is None and "const" not in schema and "enum" not in schema:
        return OPEN
    if kind == "array" and isinstance(part, int):
        items = schema.get("items", OPEN)
        return items if isinstance(items, Mapping) and "prefixItems" not in schema else OPEN
    if kind != "object" or not isinstance(part, str):
        return None
    if part in schema.get("properties", {}):
        return dict(schema["properties"][part])
    more = schema.get("additionalProperties", "properties" not in schema)
    return more if isinstance(more, Mapping) else OPEN if more else None


@lru_cache(maxsize=256)
def _of(model: type[BaseModel]) -> Shape:
    schema = model.model_json_schema(mode="serialization")
    return Shape(schema, schema.get("$defs", {}))
