"""`make kinds`: writes into docs/workflows.md what every step kind and action is given and puts out."""

from pathlib import Path
from typing import Any

from workflows.actions import Action
from workflows.catalogue import KINDS
from workflows.kinds import Kind

PAGE = Path(__file__).resolve().parent.parent / "docs" / "workflows.md"
BEGIN, END = "<!-- made by `make kinds` -->\n", "<!-- end of what is made -->\n"


def page() -> str:
    """docs/workflows.md, with the part anew that is made of the catalogue."""
    text = PAGE.read_text(encoding="utf-8")
    made = "\n".join(_section(kind) for kind in KINDS.values())
    return f"{text.split(BEGIN)[0]}{BEGIN}\n{made}\n{END}{text.split(END)[1]}"


def _section(kind: Kind) -> str:
    what = (type(kind).__doc__ or "").split("\n")[0]
    parts = [f"### `{kind.name}`\n\n{what} {_nature(kind)}\n"]
    parts.append("\n| `with` | | when it is not written |\n|---|---|---|\n")
    given = kind.given_model().model_json_schema()
    for name, schema in given["properties"].items():
        parts.append(f"| `{name}` | {_said(schema, given)} | {_otherwise(kind, name, given)} |\n")
    parts.append("\n| puts out | |\n|---|---|\n")
    output = kind.Output.model_json_schema(mode="serialization")
    parts += [f"| `{name}` | {_said(schema, output)} |\n" for name, schema in output["properties"].items()]
    return "".join(parts)


def _nature(kind: Kind) -> str:
    if not isinstance(kind, Action):
        return "A step kind that asks a model." if kind.queue == "ai" else "A step kind."
    undo = "can be undone" if kind.reversible else "cannot be undone"
    return f"An action of {kind.risk} risk, which {undo}; people may edit {', '.join(sorted(kind.editable))}."


def _otherwise(kind: Kind, name: str, given: dict[str, Any]) -> str:
    origin, _, path = kind.takes.get(name, "").partition(":")
    taken = f"`{'.'.join(filter(None, (origin, path)))}`" if origin else ""
    if name in given.get("required", []):
        return taken or "refused"
    return f"{taken}, where it is there" if taken else "left out"


def _said(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """A JSON Schema in words."""
    if "$ref" in schema:
        return _said(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_said(arm, whole) for arm in schema["anyOf"]))
    match schema.get("type"):
        case "array":
            return f"list: {_said(schema['items'], whole)}"
        case "object" if "properties" in schema:
            return f"object with {', '.join(f'`{name}`' for name in schema['properties'])}"
        case "object":
            return "object"
        case "string":
            return schema.get("title", "") if "record" in schema.get("title", "") else _text(schema)
        case None:
            return "anything"
    return {"integer": "number", "boolean": "true or false"}.get(schema["type"], str(schema["type"]))


def _text(schema: dict[str, Any]) -> str:
    return {"date-time": "time", "duration": "duration, such as 30s", "uuid": "id"}.get(
        schema.get("format", ""), "text"
    )


def write() -> None:
    """Bring the page up to date."""
    PAGE.write_text(page(), encoding="utf-8")
