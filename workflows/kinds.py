"""What step kinds and actions share: a name, what they are given, what they put out, both as typed models."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from workflows.errors import NotRetryable


class Out(BaseModel):
    """What a step has put out, as it is stored: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)


class Kind(ABC):
    """Something that `do` may name. The first line of its docstring says what it does, to people and to models.

    `takes` says where a field of its input comes from when the definition does not say: "<kind>:<path in its
    output>", "event:<path>" or "message:<path>". `queue` is where it runs: `ai` for what waits for a model.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    queue: ClassVar[str] = "runs"
    takes: ClassVar[Mapping[str, str]] = {}
    Output: ClassVar[type[BaseModel]]

    @classmethod
    @abstractmethod
    def given_model(cls) -> type[BaseModel]:
        """What a definition's `with`, and `takes` for the rest, have to fill."""

    def output_of(self, answer: Any) -> dict[str, Any]:
        """`answer` as it is stored, in JSON; raises NotRetryable where it is not what this kind puts out."""
        try:
            return self.Output.model_validate(answer).model_dump(mode="json")
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            sentence = f"{self.name} answered something else than it should: {where} {fault['msg']}"
            raise NotRetryable(" ".join(f"{sentence}.".split())) from None


K = TypeVar("K", bound=Kind)


def by_name(kinds: Iterable[K]) -> dict[str, K]:
    """`kinds` by their names; two of the same name are an error at import."""
    found: dict[str, K] = {}
    for kind in kinds:
        if kind.name in found:
            raise ValueError(f"{type(kind).__name__} and {type(found[kind.name]).__name__} are both called {kind.name}")
        found[kind.name] = kind
    return found
