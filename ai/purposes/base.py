"""What all purposes share: the parts of a prompt, the JSON schema of the answer, the reading of an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ai.errors import BadAnswer
from ai.trust.findings import Review
from ai.trust.own_topics import OwnTopic
from audit.canonical import digest

LONGEST_ANSWER = 200_000  # characters; a longer one is not an answer to any of our questions


def one_of(names: tuple[str, ...]) -> Any:
    """The type whose only values are these texts; in the answer's schema an enumeration."""
    literal: Any = Literal
    return literal[names]


class Result(BaseModel):
    """The base of everything that a model answers: its schema asks for every property, null where there is
    none.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


def _nothing_amiss(inputs: Any, result: Any, forbidden: Sequence[OwnTopic]) -> Review:
    return Review()


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """One kind of question to a model.

    `version` changes with every change of `instructions`, of the models or of how inputs are laid out; it
    stands in the provenance of each answer as `name@version`. `trusted` names the fields of the input that
    come from our own configuration; every other field is laid before the model as data of unknown origin. `stable`
    names those of them that do not depend on the email.
    `narrow` returns the result model for these inputs (for instance with the allowed names as an
    enumeration); `check` returns the sentences that say which rules of the purpose the result breaks;
    `review` what may be amiss with a result that keeps them, for results that are read by customers; it is told what
    the tenant forbids, of which the model hears only where its answer is sent back to be mended.
    """

    name: str
    version: int
    inputs: type[BaseModel]
    result: type[BaseModel]
    instructions: str
    trusted: frozenset[str]
    stable: frozenset[str]
    max_tokens: int
    narrow: Callable[[Any], type[BaseModel]]
    check: Callable[[Any, Any], tuple[str, ...]]
    review: Callable[[Any, Any, Sequence[OwnTopic]], Review] = _nothing_amiss

    @property
    def prompt_version(self) -> str:
        return f"{self.name}@{self.version}"

    def inputs_digest(self, inputs: BaseModel, *, prompt_version: str = "") -> str:
        """64 hex digits that say whether an answer still fits: over the inputs, apart from the time of
        asking, and the version of the prompt, today's where none is given.
        """
        told = prompt_version or self.prompt_version
        return digest({"purpose": told, "inputs": inputs.model_dump(mode="json", exclude={"now"})})

    def schema(self, inputs: BaseModel) -> dict[str, Any]:
        """The JSON schema of the answer to these inputs: every property required, no defaults, no titles."""
        return schema_of(self.narrow(inputs))

    def plain_schema(self) -> dict[str, Any]:
        """The JSON schema of an answer, not narrowed to any inputs."""
        return _without_noise(self.result.model_json_schema(mode="serialization"))

    def read(self, inputs: BaseModel, text: str) -> BaseModel:
        """The answer in `text` as this purpose's result; raises BadAnswer with findings that a model can
        repair.
        """
        if len(text) > LONGEST_ANSWER:
            raise BadAnswer(f"The answer is {len(text)} characters long.", code="answer_too_long")
        try:
            narrowed = self.narrow(inputs).model_validate_json(text)
        except ValidationError as error:
            raise _bad_shape(error) from None
        result = self.result.model_validate(_without_nul(narrowed.model_dump()))
        findings = self.check(inputs, result)
        if findings:
            raise BadAnswer(findings[0], code="rule_broken", findings=findings)
        return result


@lru_cache(maxsize=256)
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a result; the same object for all who ask, so nobody may change it."""
    return _without_noise(model.model_json_schema(mode="serialization"))


def _without_nul(value: Any) -> Any:
    """`value` without NUL, which JSON can write and no database of ours can hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {key: _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list | tuple) else value


def _bad_shape(error: ValidationError) -> BadAnswer:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    if faults and faults[0]["type"] == "json_invalid":
        return BadAnswer("The answer is not complete JSON.", code="not_json")
    findings = tuple(f"{'.'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}" for fault in faults[:10])
    return BadAnswer("The answer does not have the shape that was asked for.", code="wrong_shape", findings=findings)


def _without_noise(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without `title` and `default`, which would reach the model as prose."""
    cleaned: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            cleaned[key] = {name: _without_noise(item) for name, item in value.items()}
        elif key not in ("title", "default"):
            cleaned[key] = _cleaned(value)
    return cleaned


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_noise(value)
    return [_cleaned(item) for item in value] if isinstance(value, list) else value
