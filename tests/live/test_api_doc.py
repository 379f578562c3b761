"""docs/api.md is true: its commands are run as they stand there, and answer what stands under them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stack import ports
from tests.live.conftest import ROOT, Stack, Tenant, send, until
from tests.live.test_from_outside import pending

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(400)]
TOKEN = """
from accounts.selectors import person_by_email
from audit.services import Actor
from gateway.scopes import SCOPES
from gateway.services import token_create
from tenants.selectors import current, tenant_context
with tenant_context("acacia"):
    helen = person_by_email("helen@acacia.example")
    print(current().inbound_address)
    print(token_create(person=helen.id, name="curl", scopes=SCOPES, actor=Actor.system("tests")))
"""
END = "--- end of a block ---"


def blocks() -> list[tuple[str, str]]:
    """The commands of the page, each with what is stated under them."""
    text = (ROOT / "docs" / "api.md").read_text()
    return re.findall(r"```sh\n(.*?)```\n+```text\n(.*?)```", text, re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_page_about_the_api_is_true(stack: Stack, tmp_path: Path) -> None:
    address, token = stack.manage("shell", "--verbosity", "0", "-c", TOKEN).stdout.split()
    acacia = Tenant("acacia", address, token, stack.http_port)
    # The page decides on the newest proposal: it shall be this test's, not the demo's, which others need.
    until(lambda: "waits for approval" in stack.log(), "the demo's story")
    before = len(pending(acacia, 0))
    send(stack, address, "When is 14 Wattle Street open? I would like to see it on Saturday.")
    until(lambda: pending(acacia, before + 1), "a proposal")
    env = os.environ | {
        "API": f"http://acacia.localhost:{stack.http_port}/api/v1",
        "TOKEN": token,
        "PORT": str(ports.free()),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    script = "".join(f"{commands}\necho '{END}'\n" for commands, _ in blocks())
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=170
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.split(f"{END}\n")[:-1] == [stated for _, stated in blocks()]
    assert len(blocks()) >= 7
