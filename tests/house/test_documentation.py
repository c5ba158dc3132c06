"""What the product offers stands in the handbook, and what the handbook says is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import PurePosixPath

import pytest
import yaml

from benchmarks.scenarios import SCENARIOS
from regulars.apps.accounts.types import CAPABILITIES, ROLE_SCOPES, Role
from scripts import reference
from tests.source_tree import PACKAGE, ROOT, kept_files, python_files, text_of, tree_of

REFERENCE = "docs/reference"
PROSE = tuple(name for name in kept_files() if name.endswith(".md"))
READERS = {"text", "integer", "boolean", "folder", "words", "choices"}


@cache
def settings_read() -> frozenset[str]:
    """Return every environment variable the product reads by a literal or a constant."""
    read: set[str] = set()
    for name in python_files(PACKAGE, tests=False):
        if name.endswith("base/environment.py"):
            continue
        constants = constants_of(name)
        for node in ast.walk(tree_of(name)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if ast.unparse(node.func.value) == "environment" and node.func.attr in READERS:
                key = ast.unparse(node.args[0])
                # What is neither a text nor a constant is named by a mapping, not by the product.
                read.add(constants.get(key, key.strip("'")))
            for word in node.keywords:
                if word.arg == "envvar" and isinstance(word.value, ast.Constant):
                    read.add(str(word.value.value))
    return frozenset(name for name in read if name.startswith(("REGULARS_", "DATABASE_")))


def constants_of(name: str) -> dict[str, str]:
    """Return the module's names that stand for a text."""
    return {
        target.id: node.value.value
        for node in tree_of(name).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    documented = set(
        re.findall(
            r"^\| `((?:REGULARS|DATABASE)_\w+)`", text_of(f"{REFERENCE}/settings.md"), re.MULTILINE
        )
    )
    assert documented == settings_read()


def test_other_pages_name_only_settings_that_exist() -> None:
    scenarios = "".join(text_of(name) for name in python_files() if name.startswith("benchmarks/"))
    faults = [
        f"{name}: {setting}"
        for name in PROSE
        for setting in re.findall(r"\bREGULARS_[A-Z_]+\b", text_of(name))
        if setting.removesuffix("_FILE") not in settings_read()
        and not (name == "docs/benchmarks.md" and f'"{setting}"' in scenarios)
    ]
    assert faults == []


@cache
def pages() -> dict[str, str]:
    return reference.pages()


def test_reference_pages_say_what_the_code_says() -> None:
    for name, page in pages().items():
        assert text_of(f"{REFERENCE}/{name}") == page, f"{name}: run make docs"


def test_every_command_has_an_example() -> None:
    sections = re.split(r"^## ", pages()["commands.md"], flags=re.MULTILINE)[1:]
    assert sections
    for section in sections:
        name = section.split("`")[1]
        example = section.split("```sh\n")[1].split("\n```")[0]
        assert example.startswith(name), section.splitlines()[0]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readmes_show_commands_that_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)", text_of(name), re.MULTILINE)) <= targets
    commands = set(re.findall(r"^## `regulars (\w+)", pages()["commands.md"], re.MULTILINE))
    assert set(re.findall(r"regulars (\w+) ", code_of(name))) <= commands


def test_both_readmes_show_the_same_commands() -> None:
    assert commands_in("README.md") == commands_in("README.zh-CN.md")


def commands_in(name: str) -> list[str]:
    lines = [line.split("#")[0].strip() for line in code_of(name).splitlines()]
    return [line for line in lines if line.startswith(("make", ".venv", "cd", "export", "http"))]


def code_of(name: str) -> str:
    return "\n".join(re.findall(r"^```\w*\n(.*?)^```", text_of(name), re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", PROSE)
def test_links_lead_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    broken = [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)", text_of(name))
        if not re.match(r"[a-z]+:|#", target) and not (folder / target.split("#")[0]).exists()
    ]
    assert broken == []


def test_every_page_is_in_the_table_of_contents() -> None:
    listed = set(re.findall(r": ([\w/-]+\.md)$", text_of("mkdocs.yml"), re.MULTILINE))
    kept = {str(PurePosixPath(name).relative_to("docs")) for name in PROSE if "docs/" in name}
    decisions = {name for name in kept if re.match(r"adr/\w+/\d", name)}
    assert kept - decisions == listed
    numbered = re.findall(r"\((\w+/\d[\w-]+\.md)\)", text_of("docs/adr/index.md"))
    assert decisions == {f"adr/{name}" for name in numbered}


def test_the_table_of_roles_is_the_one_in_force() -> None:
    page = text_of(f"{REFERENCE}/roles.md")
    tables = [line for line in page.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in tables]
    roles = [Role(name) for name in re.findall(r"^\| `(\w+)`", page, re.MULTILINE)]
    granted = [row for row in rows if len(row) == len(roles) + 1]
    for column, role in enumerate(roles, start=1):
        ticks = sum(row[column] == "✓" for row in granted)
        assert ticks == len(CAPABILITIES[role]), role
        scopes = next(row for row in granted if row[0] == "possible data scopes")[column]
        assert tuple(scopes.split(", ")) == ROLE_SCOPES[role], role


def test_the_documented_mapping_is_one_that_loads() -> None:
    from regulars.apps.ingest.mapping import parsed
    from regulars.base.brand import Brand

    page = text_of(f"{REFERENCE}/mappings.md")
    example = page.split("```yaml\n")[1].split("```")[0]
    brand = Brand(name="Test", zone="Asia/Shanghai", currency="CNY", region="CN")
    mapping = parsed(example, name="example", file="example", folder=".", brand=brand)
    assert mapping.contract == "order_lines"
    assert yaml.safe_load(example)["rollup"] == {"channel": {"constant": "pos"}}


def test_every_key_of_a_mapping_is_documented() -> None:
    from regulars.apps.ingest.mapping import columns, parse

    page = text_of(f"{REFERENCE}/mappings.md")
    keys = parse._KEYS | parse._PLACE_KEYS | columns._KEYS
    missing = sorted(key for key in keys if f"`{key}`" not in page)
    assert missing == []


def test_every_benchmark_is_listed_and_documented() -> None:
    modules = {
        "_".join(PurePosixPath(name).relative_to("benchmarks/scenarios").with_suffix("").parts)
        for name in python_files()
        if name.startswith("benchmarks/scenarios/") and "def measurements(" in text_of(name)
    }
    documented = set(re.findall(r"^\| `(\w+)` \|", text_of("docs/benchmarks.md"), re.MULTILINE))
    assert modules == set(SCENARIOS) == documented
