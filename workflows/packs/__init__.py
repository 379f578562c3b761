"""Packs: what a trade brings along, as data files. A new one is a folder here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ai.services import phrases_install
from audit.services import Actor
from workflows.services import version_activate, version_publish

FOLDER = Path(__file__).parent
NONE = "none"


@dataclass(frozen=True)
class Pack:
    """A folder with workflow definitions, phrases and, for the demo, samples."""

    name: str
    folder: Path

    def definitions(self) -> list[str]:
        """The texts of its workflows."""
        files = sorted(path for path in self.folder.glob("*.yaml") if path.name != "phrases.yaml")
        return [path.read_text(encoding="utf-8") for path in files]

    def phrases(self) -> dict[str, Any]:
        """Its phrases: part -> language -> sentences."""
        return dict(yaml.safe_load((self.folder / "phrases.yaml").read_text(encoding="utf-8")))


def pack_names() -> list[str]:
    """The packs that there are."""
    return sorted(path.name for path in FOLDER.iterdir() if (path / "phrases.yaml").exists())


def pack_get(name: str) -> Pack | None:
    """The pack of that name; None for `none`. Raises LookupError."""
    if name == NONE:
        return None
    if name not in pack_names():
        raise LookupError(f"there is no pack {name}; there are {', '.join([*pack_names(), NONE])}")
    return Pack(name, FOLDER / name)


def pack_install(pack: Pack, *, actor: Actor) -> None:
    """Publish the pack's workflows in the current tenant and put them in force, with its phrases."""
    for text in pack.definitions():
        published = version_publish(source=text, actor=actor)
        version_activate(slug=published.workflow, number=published.number, actor=actor)
    phrases_install(pack.phrases(), actor=actor)
