"""The repository as its checks see it: files kept by git, parsed once."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "src/regulars"
APPS = f"{PACKAGE}/apps"


@dataclass(frozen=True)
class Import:
    """One imported module, and the line that names it."""

    module: str
    line: int


@cache
def kept_files() -> tuple[str, ...]:
    """Return every file that is or would be committed, as paths relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = {name for name in listing.stdout.split("\0") if name}
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def python_files(*folders: str, generated: bool = False, tests: bool = True) -> tuple[str, ...]:
    """Return the kept Python files under the folders (all of them when none is named)."""
    return tuple(
        name
        for name in kept_files()
        if name.endswith(".py")
        and (not folders or name.startswith(tuple(f"{folder}/" for folder in folders)))
        and (generated or "/migrations/" not in name)
        and (tests or not is_test(name))
    )


def is_test(name: str) -> bool:
    """Return whether the file belongs to the tests."""
    return name.startswith("tests/") or "/tests/" in name or name.endswith("conftest.py")


@cache
def text_of(name: str) -> str:
    """Return the file's text; bytes that are no text become question marks."""
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


@cache
def tree_of(name: str) -> ast.Module:
    """Return the file's syntax tree."""
    return ast.parse(text_of(name), filename=name)


@cache
def imports_of(name: str) -> tuple[Import, ...]:
    """Return what the file imports; ``from a.b import c`` counts as ``a.b.c``."""
    found: list[Import] = []
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found += [Import(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return tuple(found)


def functions_of(name: str) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    """Return every function and method defined in the file."""
    return tuple(
        node
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def calls_in(node: ast.AST) -> set[str]:
    """Return the last names of everything called inside the node."""
    called = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return {
        call.attr if isinstance(call, ast.Attribute) else call.id
        for call in called
        if isinstance(call, ast.Attribute | ast.Name)
    }
