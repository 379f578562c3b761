"""Whether a user could run a program, without opening any folder to find out."""

import os
from pathlib import Path

import pytest

from stack.system_user import SystemUser, may_read

OURSELVES = SystemUser(uid=os.getuid(), gid=os.getgid())
STRANGER = SystemUser(uid=54_321, gid=54_321)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program in a folder of pytest's, which is closed to others."""
    path = tmp_path / "home" / "program"
    path.parent.mkdir()
    path.write_text("")
    path.chmod(0o755)
    return path


def test_what_one_reaches_may_be_read(program: Path):
    assert may_read(OURSELVES, program)


def test_below_a_closed_folder_nothing_may_be_read(program: Path):
    assert not may_read(STRANGER, program)
    program.parent.chmod(0o600)
    reached = may_read(OURSELVES, program)
    program.parent.chmod(0o700)
    assert not reached


def test_a_file_that_may_not_be_read_is_not_read(program: Path):
    program.chmod(0o300)
    assert not may_read(OURSELVES, program)
