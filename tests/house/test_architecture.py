"""What import-linter cannot see of the plan of the house."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
from django.apps import apps as django_apps
from django.db.models import Model
from django.db.models.fields.related import RelatedField

from tests.source_tree import (
    APPS,
    PACKAGE,
    calls_in,
    functions_of,
    imports_of,
    kept_files,
    python_files,
    text_of,
    tree_of,
)

# Top to bottom. A room may use rooms on lines below its own.
ROOMS = (("audiences",), ("tags",), ("members",), ("catalog", "ingest"), ("accounts",))
DOORS = {"services", "queries", "types", "hooks"}
HEIGHT = {room: -line for line, rooms in enumerate(ROOMS) for room in rooms}
NAMELESS = {"utils", "util", "common", "helpers", "helper", "misc", "shared", "stuff"}


def room_of(name: str) -> str | None:
    parts = PurePosixPath(name).parts
    return parts[3] if name.startswith(f"{APPS}/") and len(parts) > 4 else None


def test_every_room_stands_in_the_plan() -> None:
    rooms = {room for name in python_files(APPS) if (room := room_of(name))}
    assert rooms == set(HEIGHT)


def test_rooms_are_entered_through_their_doors() -> None:
    faults = []
    for name in python_files(PACKAGE, tests=False):
        for imported in imports_of(name):
            parts = imported.module.split(".")
            if parts[:2] != ["regulars", "apps"] or len(parts) < 4 or parts[2] == room_of(name):
                continue
            if parts[3] not in DOORS:
                faults.append(f"{name}:{imported.line} imports {imported.module}")
    assert faults == [], "another room may be entered through " + ", ".join(sorted(DOORS))


def relations() -> Iterator[tuple[str, RelatedField[Any, Any], str, str]]:
    """Yield every key from one of the house's models to another, and the rooms of both."""
    house = "regulars."
    for model in django_apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not isinstance(field, RelatedField) or not isinstance(target, type):
                continue
            if not issubclass(target, Model):
                continue
            if model.__module__.startswith(house) and target.__module__.startswith(house):
                name = f"{model.__name__}.{field.name}"
                yield name, field, model._meta.app_label, target._meta.app_label


def test_foreign_keys_point_down() -> None:
    faults = [
        f"{name} points from {here} up to {there}"
        for name, _field, here, there in relations()
        if here != there and HEIGHT[there] >= HEIGHT[here]
    ]
    assert faults == []


def test_no_accessor_leads_back_across_rooms() -> None:
    faults = [
        f"{name} gives {there} an accessor: set related_name='+'"
        for name, field, here, there in relations()
        if here != there and not field.remote_field.hidden
    ]
    assert faults == []


def test_foreign_keys_are_strings() -> None:
    relation_fields = {"ForeignKey", "OneToOneField", "ManyToManyField"}
    faults = []
    for name in python_files(APPS, tests=False):
        for node in ast.walk(tree_of(name)):
            if not isinstance(node, ast.Call) or not calls_of(node) & relation_fields:
                continue
            named = [word.value for word in node.keywords if word.arg == "to"]
            target = (node.args or named)[0]
            is_setting = isinstance(target, ast.Attribute) and target.attr == "AUTH_USER_MODEL"
            if not (isinstance(target, ast.Constant) or is_setting):
                faults.append(f"{name}:{node.lineno} names {ast.unparse(target)}")
    assert faults == []


def calls_of(node: ast.Call) -> set[str]:
    func = node.func
    if isinstance(func, ast.Attribute):
        return {func.attr}
    return {func.id} if isinstance(func, ast.Name) else set()


def test_doors_hand_out_dataclasses_and_tables_never_database_objects() -> None:
    models = {m.__name__ for m in django_apps.get_models() if m.__module__.startswith("regulars.")}
    doors = re.compile(rf"{APPS}/[a-z]+/(services|queries)(/[a-z_]+)?\.py$")
    faults = [
        f"{name}:{function.lineno} {function.name} returns {ast.unparse(function.returns)}"
        for name in python_files(APPS, tests=False)
        if doors.match(name)
        for function in tree_of(name).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if function.returns is not None
        if set(re.findall(r"\w+", ast.unparse(function.returns))) & {*models, "QuerySet", "Model"}
    ]
    assert faults == []


def test_pages_read_the_lake_only_through_the_users_scope() -> None:
    """Who opens a snapshot for a page has it cut to the user's data scope at once.

    Background work runs for the installation, not for a user, and shows nothing.
    """
    pages = re.compile(
        rf"{PACKAGE}/(api/|console/(?!background/)|apps/[a-z]+/(views|contexts|api)(/|\.py))"
    )
    functions = {
        f"{name}:{function.lineno} {function.name}": function
        for name in python_files(PACKAGE, tests=False)
        if pages.match(name)
        for function in functions_of(name)
    }
    cutting = {each.name for each in functions.values() if "scoped" in calls_in(each)} | {"scoped"}
    faults = [
        where
        for where, function in functions.items()
        if "snapshot" in calls_in(function)
        if not cutting & calls_in(function) or ".table(" in ast.unparse(function)
    ]
    assert faults == []


def test_logic_never_hides_in_signals() -> None:
    faults = [
        f"{name}:{imported.line}"
        for name in python_files(PACKAGE)
        for imported in imports_of(name)
        if imported.module.startswith(("django.dispatch", "django.db.models.signals"))
    ]
    assert faults == []


def test_imports_are_absolute_and_name_what_they_take() -> None:
    faults = [
        f"{name}:{node.lineno}"
        for name in python_files()
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.ImportFrom) and (node.level or node.names[0].name == "*")
    ]
    assert faults == []


def test_every_package_has_a_caption_and_lists_what_it_offers() -> None:
    faults = []
    for name in python_files(generated=True):
        if not name.endswith("__init__.py") or "/migrations/" in name:
            continue
        tree = tree_of(name)
        if len(ast.get_docstring(tree) or "") < 30:
            faults.append(f"{name} has no caption")
        offers = any(isinstance(node, ast.ImportFrom) for node in tree.body if not future(node))
        if offers and name.startswith(PACKAGE) and "__all__" not in text_of(name):
            faults.append(f"{name} imports names but has no __all__")
    assert faults == []


def future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def test_everything_is_called_by_what_it_is() -> None:
    faults = [
        name
        for name in kept_files()
        if NAMELESS & {PurePosixPath(part).stem for part in PurePosixPath(name).parts}
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("inline script", r"<script(?![^>]*\bsrc=)"),
        ("inline style", r"<style\b|\sstyle\s*="),
        ("inline handler", r"<[^>]*\son[a-z]+\s*="),
        ("script address", r"javascript:"),
        ("unescaped value", r"\|\s*safe\b|autoescape off"),
    ],
)
def test_templates_keep_the_content_security_policy(what: str, pattern: str) -> None:
    faults = [
        f"{name}:{number} {line.strip()}"
        for name in kept_files()
        if name.startswith(PACKAGE) and name.endswith((".html", ".svg"))
        for number, line in enumerate(text_of(name).splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert faults == [], what


def test_no_file_names_a_registry_a_cdn_or_a_machine() -> None:
    """Addresses are put together here, so that this file does not hold them either."""
    hosts = [
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "npmmirror", "com"),
        ("deb", "debian", "org"),
        ("cdn", "jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare", "com"),
        ("fonts", "googleapis", "com"),
    ]
    paths = [("", "root", ""), ("", "work", "main"), ("", "opt", "pypi"), ("", "home", "")]
    forbidden = [".".join(parts) for parts in hosts] + ["/".join(parts) for parts in paths]
    pattern = re.compile("|".join(rf"(?<![\w.$-]){re.escape(word)}" for word in forbidden))
    faults = [
        f"{name}: {found.group()}"
        for name in kept_files()
        if not name.endswith((".png", ".xlsx", ".parquet", ".mo"))
        if (found := pattern.search(text_of(name)))
    ]
    assert faults == []
