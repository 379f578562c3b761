"""`make rights`: writes docs/rights.md."""

from pathlib import Path

from tests.rights.page import page

if __name__ == "__main__":
    Path("docs/rights.md").write_text(page(), encoding="utf-8")
