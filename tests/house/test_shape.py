"""The size of files, functions and folders, and how rarely the type checker is overruled."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from statistics import median, quantiles

from tests.source_tree import PACKAGE, functions_of, kept_files, python_files, text_of

# Exceptions may only get fewer. Each says why.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
FULL_FOLDERS: dict[str, str] = {}

WRITTEN_BY_HAND = (".py", ".html", ".css", ".js", ".mjs", ".md", ".yaml", ".yml", ".sh")
LINES_PER_TYPE_IGNORE = 2_000


def lines_of(name: str) -> int:
    return text_of(name).count("\n")


def test_files_are_short() -> None:
    sizes = [lines_of(name) for name in python_files() if not name.endswith("__init__.py")]
    assert median(sizes) <= 90
    assert quantiles(sizes, n=10)[8] <= 300


def test_no_file_is_long() -> None:
    long = {
        name: lines_of(name)
        for name in kept_files()
        if name.endswith(WRITTEN_BY_HAND) and "/migrations/" not in name and lines_of(name) > 500
    }
    assert long.keys() == LONG_FILES.keys(), long


def test_functions_are_short() -> None:
    sizes = {
        f"{name}::{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for name in python_files()
        for function in functions_of(name)
    }
    assert quantiles(sizes.values(), n=20)[18] <= 45
    long = {name: size for name, size in sizes.items() if size > 70}
    assert long.keys() == LONG_FUNCTIONS.keys(), long


def test_folders_hold_at_most_fifteen_things() -> None:
    entries: Counter[str] = Counter()
    for path in {path for name in kept_files() for path in [name, *parents(name)]}:
        entries[str(PurePosixPath(path).parent)] += 1
    root = entries.pop(".")
    assert root <= 20
    full = {folder: count for folder, count in entries.items() if count > 15}
    assert full.keys() == FULL_FOLDERS.keys(), full


def parents(name: str) -> list[str]:
    return [str(parent) for parent in PurePosixPath(name).parents if str(parent) != "."]


def test_the_type_checker_is_overruled_rarely_and_with_a_reason() -> None:
    marks = [
        (name, line)
        for name in python_files()
        for line in text_of(name).splitlines()
        if re.search(r"#\s*type:\s*ignore", line)
    ]
    bare = [mark for mark in marks if not re.search(r"ignore\[[a-z, -]+\]\s+# \w+", mark[1])]
    assert bare == []
    in_product = [mark for mark in marks if mark[0].startswith(PACKAGE)]
    lines = sum(lines_of(name) for name in python_files(PACKAGE))
    assert len(in_product) <= max(1, lines // LINES_PER_TYPE_IGNORE), in_product
