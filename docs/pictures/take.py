"""Take the pictures of the documentation from the running product: `make pictures`.

Starts a stack of its own with the demo, sends sample emails, signs in as the demo's people, and stops it again.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from stack import ports

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "countersign-demo"  # noqa: S105 - the demo's, printed at its start
MAILS = ("out-of-office", "application", "appraisal", "complaint", "besichtigung")
DESK, PHONE = (1440, 900), (390, 844)


@dataclass(frozen=True)
class Picture:
    """One picture: `path` is a page, or a list whose first entry is opened when `first` says how its link begins."""

    name: str
    path: str
    first: str = ""
    size: tuple[int, int] = DESK
    scheme: str = "light"


PICTURES = (
    Picture("today", "/"),
    Picture("today-phone", "/", size=PHONE),
    Picture("inbox", "/inbox/"),
    Picture("approval", "/inbox/", "/approvals/"),
    Picture("approval-dark", "/inbox/", "/approvals/", scheme="dark"),
    Picture("approval-phone", "/inbox/", "/approvals/", size=PHONE),
    Picture("run", "/runs/", "/runs/0"),
    Picture("conversation", "/conversations/", "/conversations/0"),
    Picture("calendar", "/calendar/"),
    Picture("ledger", "/ledger/"),
)


@contextmanager
def stack() -> Iterator[str]:
    """A running product with the demo's agencies and mails; the address of the agency's host."""
    with tempfile.TemporaryDirectory(prefix="cs-") as folder:
        port = ports.free()
        env = os.environ | {"DATA_DIR": folder, "HTTP_PORT": str(port), "SMTP_PORT": str(ports.free())}

        def manage(*arguments: str) -> None:
            done = subprocess.run(
                [sys.executable, str(ROOT / "manage.py"), *arguments],
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise SystemExit(f"{' '.join(arguments)}: {done.stderr or done.stdout}")

        manage("stack", "up", "--detach")
        try:
            for mail in MAILS:
                manage("demo", "--mail", mail)
            yield f"http://acacia.localhost:{port}"
        finally:
            manage("stack", "down")


def sign_in(browser: Browser, base: str, email: str) -> StorageState:
    """The cookies of a person who signed in."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{base}/sign-in/")
        page.locator('[name="login"], [name="username"]').fill(email)
        page.locator('[name="password"]').fill(PASSWORD)
        with page.expect_navigation(url=f"{base}/"):
            page.keyboard.press("Enter")
        return context.storage_state()


def approve_the_first(page: Page, base: str) -> None:
    """Approve what waits longest, and wait until its reply has left: the pages then tell of it."""
    page.goto(f"{base}/inbox/")
    page.locator("[data-list] a").first.click()
    address = page.url
    page.get_by_role("button", name="Approve").click()
    page.goto(address)
    expect(page.locator("#decision")).to_contain_text("Done.", timeout=60_000)


def take(browser: Browser, base: str, state: StorageState, picture: Picture) -> None:
    """One picture, from a fresh page."""
    width, height = picture.size
    with browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        storage_state=state,
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        answer = page.goto(base + picture.path)
        if answer is None or not answer.ok:
            raise SystemExit(f"{picture.path} answered {answer.status if answer else 'nothing'}")
        if picture.first:
            page.goto(base + str(page.locator(f'main a[href^="{picture.first}"]').first.get_attribute("href")))
        page.wait_for_load_state("networkidle")
        page.screenshot(path=HERE / f"{picture.name}.png", animations="disabled")


def main() -> None:
    with stack() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-lcd-text", "--host-resolver-rules=MAP *.localhost 127.0.0.1"],
        )
        state = sign_in(browser, base, "priya@acacia.example")
        with browser.new_context(storage_state=state) as context:
            approve_the_first(context.new_page(), base)
        for picture in PICTURES:
            take(browser, base, state, picture)
            print(f"docs/pictures/{picture.name}.png {(HERE / f'{picture.name}.png').stat().st_size // 1024} KB")
        browser.close()


if __name__ == "__main__":
    main()
