"""What is served is what its sources give, and comes from nowhere else."""

import json
import re
import subprocess
import sys
from pathlib import Path

PORTAL = Path(__file__).resolve().parents[1]
ROOT = PORTAL.parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_the_committed_style_sheets_and_icons_are_built_from_their_sources():
    build = [sys.executable, str(PORTAL / "assets" / "build.py"), "--check"]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_vendored_package_is_pinned_by_version_and_hash():
    for package in json.loads((PORTAL / "assets" / "vendor.lock.json").read_text())["packages"]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert re.fullmatch(r"[0-9a-f]{64}", package["sha256"])


def test_no_page_holds_a_style_or_a_script_of_its_own():
    forbidden = re.compile(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)
    assert [path.name for path in TEMPLATES if forbidden.search(path.read_text())] == []


def test_nothing_is_fetched_from_another_host():
    served = [*TEMPLATES, *(PORTAL / "static" / "portal").glob("*.css"), *(PORTAL / "static" / "portal").glob("*.js")]
    outside = re.compile(r"""(?:src|href)=["']https?:|url\(["']?https?:|import\s*["'(]*https?:|fetch\(["']https?:""")
    assert [path.name for path in served if outside.search(path.read_text())] == []
