"""`python3 -I platform/stack/bootstrap.py SET`: makes `.venv` and installs requirements-SET.txt.

Run by make with whatever Python there is, so it needs the standard library only. It is quick when
nothing changed, and two that run at once in one clone wait for each other.
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOWEST = (3, 11)


def main(chosen: str) -> "int | str":
    """Bring .venv up to date with the requirements; an exit code or one line that says what is wrong."""
    if sys.version_info < LOWEST:
        return "Countersign needs Python {}.{} or newer, this is {}.{}: make PYTHON=python3.x".format(
            *LOWEST, *sys.version_info[:2]
        )
    requirements = ROOT / f"requirements-{chosen}.txt"
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A moved or copied environment, or one of another Python, is of no use.
        made_for = f"{VENV} {sys.version}"
        made, installed = VENV / ".made", VENV / f".installed-{chosen}"
        if not _says(made, made_for):
            print("Making .venv", flush=True)
            clear = ["--clear"] if made.exists() else []
            if _run(sys.executable, "-m", "venv", *clear, str(VENV)):
                return "Could not make .venv (on Debian: apt-get install python3-venv)"
            made.write_text(made_for)
        content = hashlib.sha256(requirements.read_bytes()).hexdigest()
        if not _says(installed, content):
            print(f"Installing {requirements.name} into .venv; this takes a minute the first time", flush=True)
            pip = (str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
            if _run(*pip, "install", "--require-hashes", "--no-deps", "-r", str(requirements)):
                return f"Could not install {requirements.name}"
            if _run(*pip, "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)):
                return "Could not install Countersign itself into .venv"
            installed.write_text(content)
    return 0


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


def _run(*command: str) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
