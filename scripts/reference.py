"""Write the reference pages that follow from the code: tables, commands, errors.

``--check`` writes nothing and fails when a page would change, so that no page can fall behind.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import cast

import django
import typer
import typer.main
from django.utils import translation
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from regulars.base import errors
from regulars.lake.contracts import Contract, contracts

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Written by scripts/reference.py (make docs). Change the code, not this page. -->\n"
LOADED = {"fact": "Facts: what happened", "dimension": "Dimensions: what things are"}
COMPUTED = {
    "feature": "Features: what is computed per member",
    "tag": "Tags: what is said of members now",
    "log": "Logs: what the lake and its jobs did",
}
ABOUT_TABLES = """\
Every table of the lake has a declared contract, held on every write: a row that breaks it is
refused with its reason. A table is a Delta table in the folder of its name under
`$REGULARS_HOME/lake/`, and any tool that reads Delta or Parquet reads it. What Regulars makes of
them stands under [computed tables](computed-tables.md). Types are
[Ibis](https://ibis-project.org/reference/datatypes) types. *(may be empty)* marks columns that may
hold null.
"""
ABOUT_COMPUTED = """\
What Regulars computes of the [tables that are loaded](contracts.md), and what it notes about that.
A `revision` column tells which row of a member holds; tables show only rows that do.
"""
ABOUT_COMMANDS = """\
Every command prints what it did and exits with 0; on failure it says what was wrong, where, and
what to do, and exits with another code. `make` installs the command as `.venv/bin/regulars`;
`regulars COMMAND --help` shows what stands here.
"""
ABOUT_ERRORS = """\
All of them derive from `RegularsError` (in `regulars.base.errors`) and carry three texts: `what`
was wrong, `where` it was found, and the `fix`. The command line prints them without a traceback;
`REGULARS_DEBUG=1` shows one.
"""
ABOUT_REFUSALS = """\
A row that cannot be loaded goes to quarantine with one of these reasons and its raw form, and can
be mended and replayed once: see [mend quarantined rows](../how-to/mend-quarantine.md). Pages show
the sentence in the reader's language.
"""

ABOUT_API = """\
Version 1 stands under `/api/v1/`. Parameters, shapes and examples are in the OpenAPI 3.1 document
at `/api/v1/openapi.json`, and for people at `/api/v1/docs` of every installation.
[Connect a system](../how-to/connect-a-system.md) says how to begin.
"""


def main() -> None:
    """Write every page, or with ``--check`` say which one is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; fail on a difference")
    only_check = parser.parse_args().check
    stale = []
    for name, page in pages().items():
        path = PAGES / name
        held = path.read_text(encoding="utf-8") if path.exists() else ""
        if held != page:
            stale.append(name)
            if not only_check:
                path.write_text(page, encoding="utf-8")
                print(f"Wrote docs/reference/{name}")
    if stale and only_check:
        sys.exit(f"reference pages are out of date: {', '.join(stale)}. Run: make docs")


def pages() -> dict[str, str]:
    """Return the text of every generated page by its name under docs/reference."""
    writers: dict[str, Callable[[], str]] = {
        "contracts.md": partial(tables_page, "Lake tables", ABOUT_TABLES, LOADED),
        "computed-tables.md": partial(tables_page, "Computed tables", ABOUT_COMPUTED, COMPUTED),
        "commands.md": commands_page,
        "errors.md": errors_page,
        "refusals.md": refusals_page,
        "api.md": api_page,
    }
    return {name: MADE + write() for name, write in writers.items()}


def tables_page(title: str, about: str, families: Mapping[str, str]) -> str:
    """Return a page of the lake's tables, by family."""
    parts = [f"# {title}\n", about]
    for kind, heading in families.items():
        of_kind = [one for one in contracts() if one.kind == kind]
        if of_kind:
            parts.append(f"## {heading}\n")
            parts += [contract_section(one) for one in of_kind]
    return "\n".join(parts)


def contract_section(one: Contract) -> str:
    """Return the section of one table."""
    facts = [
        ("One row is", one.grain),
        ("Written by", one.owner),
        ("Comes from", one.source),
        ("Key", code(one.key) or "none: rows are only added"),
        ("Partitioned by", code(one.partition) or "nothing"),
        ("A new version replaces", f"all rows with the same {code(one.replaces_by)}")
        if one.replaces_by
        else ("", ""),
        ("Checks", "; ".join(check.promise for check in one.checks)),
    ]
    columns = [
        f"| `{column.name}` | {column.type} | {column.meaning}"
        f"{'' if not column.nullable else ' *(may be empty)*'} | {column.unit} |"
        for column in one.columns
    ]
    return "\n".join(
        [
            f"### `{one.name}`\n",
            *(f"- **{label}:** {text}" for label, text in facts if text),
            "",
            "| column | type | meaning | unit |",
            "|---|---|---|---|",
            *columns,
            "",
        ]
    )


def code(names: tuple[str, ...]) -> str:
    """Return the names as inline code."""
    return ", ".join(f"`{name}`" for name in names)


def commands_page() -> str:
    """Return the page of the command line, from the commands' own help."""
    parts = [
        "# Commands\n",
        ABOUT_COMMANDS,
    ]
    group = cast("TyperGroup", typer.main.get_command(mounted()))
    context = typer.Context(group, info_name="regulars")
    for name, command in sorted(group.commands.items()):
        if isinstance(command, TyperGroup):
            parts += [
                command_section(context, f"{name} {part}", cast("TyperCommand", inner))
                for part, inner in sorted(command.commands.items())
            ]
        else:
            parts.append(command_section(context, name, cast("TyperCommand", command)))
    return "\n".join(parts)


def mounted() -> typer.Typer:
    """Return the app with every command; settings are read from an empty home."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
    os.environ["REGULARS_HOME"] = tempfile.mkdtemp(prefix="regulars-reference-")
    django.setup()
    from regulars.server.cli import mounted as mounted_app

    return mounted_app()


def command_section(parent: typer.Context, name: str, command: TyperCommand) -> str:
    """Return the section of one command: what it does, an example, its options."""
    context = typer.Context(command, info_name=name, parent=parent)
    about, _, example = inspect.cleandoc(command.help or "").partition("Example:")
    usage = f"regulars {name} {' '.join(command.collect_usage_pieces(context))}".rstrip()
    rows = [
        parameter_row(parameter)
        for parameter in command.params
        if isinstance(parameter, TyperOption | TyperArgument)
        and parameter.name != "help"
        and not parameter.hidden
    ]
    table = ["| option | means | default |", "|---|---|---|", *rows, ""] if rows else []
    return "\n".join(
        [
            f"## `regulars {name}`\n",
            about.strip() + "\n",
            f"```sh\n{example.strip() or usage}\n```\n",
            f"Usage: `{usage}`\n",
            *table,
        ]
    )


def parameter_row(parameter: TyperOption | TyperArgument) -> str:
    """Return the table row of one option or argument."""
    if isinstance(parameter, TyperOption):
        names = [*parameter.opts, *parameter.secondary_opts]
        shown = ", ".join(f"`{name}`" for name in names)
    else:
        shown = f"`{(parameter.name or '').upper()}`"
    default = parameter.default
    plain = isinstance(default, str | int | float) and default != ""
    text = str(getattr(default, "value", default)).lower() if isinstance(default, bool) else default
    held = f"`{getattr(text, 'value', text)}`" if plain else ""
    meaning = " ".join((parameter.help or "").split())
    return f"| {shown} | {meaning} | {held} |".replace("|  |", "| |")


def errors_page() -> str:
    """Return the page of the error tree, as it is drawn in the code."""
    drawing = inspect.getdoc(errors) or ""
    first, _, tree = drawing.partition("\n\n")
    return "\n".join(
        [
            "# Errors\n",
            f"{first}\n",
            ABOUT_ERRORS,
            f"```text\n{tree}\n```\n",
        ]
    )


def refusals_page() -> str:
    """Return the page of the reasons for which a load refuses a row."""
    from regulars.apps.ingest.cleaning.reasons import REASONS

    with translation.override("en"):
        rows = [f"| `{reason}` | {sentence} |" for reason, sentence in REASONS.items()]
    return "\n".join(["# Refusals\n", ABOUT_REFUSALS, "| reason | means |", "|---|---|", *rows, ""])


def api_page() -> str:
    """Return the page of the API's routes and problems, from its OpenAPI document."""
    from regulars.api.reference.page import contents

    known = contents()
    routes = [
        f"| `{route.method} {route.path}` | `{route.scope}` | {route.meaning.splitlines()[0]} |"
        for route in known.routes
    ]
    with translation.override("en"):
        problems = [
            f"| {one.status} | `{one.anchor}` | {one.title} | {one.remedy} |"
            for one in known.problems
        ]
    return "\n".join(
        [
            "# API\n",
            ABOUT_API,
            "| route | scope | does |",
            "|---|---|---|",
            *routes,
            "",
            "## Problems\n",
            "| status | kind | means | what to do |",
            "|---|---|---|---|",
            *problems,
            "",
        ]
    )


if __name__ == "__main__":
    main()
