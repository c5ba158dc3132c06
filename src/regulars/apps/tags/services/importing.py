"""Tags that another system has worked out: rows of member, tag and value, and their provenance."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.queries.scope import visible_members
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability, DataScope
from regulars.apps.tags.queries import tags
from regulars.apps.tags.services.assigning import demand_value, write_assignments
from regulars.apps.tags.types import ImportReport, MadeBy, TagDefinition
from regulars.base.errors import RuleError, SourceError
from regulars.lake import Lake

ROWS_MAX = 2_000_000
COLUMNS = ("member_id", "tag", "value")
_SYSTEM = re.compile(r"[\w .·-]{1,40}")
Row = tuple[str, str, str]


def import_tags(
    lake: Lake,
    rows: Iterable[Row],
    *,
    system: str,
    scope: DataScope,
    actor: Actor | None = None,
    by: str = audit.SYSTEM,
) -> ImportReport:
    """Give members what ``system`` says of them, as (member_id, tag, value); "" takes a tag away.

    A row is refused, and said so by its number counted from 1, when its tag is not an imported one,
    the value is none of the tag's, or the member lies outside the scope. All others are given in
    one commit, with the provenance ``external:<system>``.

    Raises:
        RefusedError: The actor may not edit tags; without one it is the system.
        RuleError: The system's name is no name, or there are too many rows.
    """
    if actor is not None:
        require(actor, Capability.EDIT_TAGS)
    if not _SYSTEM.fullmatch(system.strip()):
        raise RuleError(
            f"{system!r} is no name of a system",
            where="system",
            fix="Use 1 to 40 letters, digits, spaces, dots or hyphens",
        )
    several = list(rows)
    if len(several) > ROWS_MAX:
        raise RuleError(
            f"more than {ROWS_MAX:,} rows at once", where="rows", fix="Send them in parts"
        )
    known = {tag.code: tag.definition for tag in tags({row[1] for row in several})}
    with lake.snapshot() as snapshot:
        visible = visible_members(scoped(snapshot, scope), (row[0] for row in several))
    refused = tuple(
        (number, why)
        for number, row in enumerate(several, start=1)
        if (why := _why_refused(row, known, visible))
    )
    numbers = {number for number, _why in refused}
    good = [
        (member, tag, value or None)
        for number, (member, tag, value) in enumerate(several, start=1)
        if number not in numbers
    ]
    if good:
        write_assignments(lake, good, f"external:{system.strip()}")
    audit.record(
        actor,
        Action.LOAD,
        object_kind="tags",
        detail={"system": system, "rows": len(good), "refused": len(refused)},
        by=by,
    )
    return ImportReport(len(good), refused)


def rows_of_csv(text: str) -> Iterator[Row]:
    """Yield the rows of a CSV file with a line of headings: member_id, tag, value.

    Raises:
        SourceError: A heading is missing, or a line cannot be read.
    """
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    try:
        yield from _rows(reader)
    except csv.Error as error:
        raise SourceError(
            f"this is no CSV: {error}",
            where=f"line {reader.line_num + 1}",
            fix="Look for a quotation mark that is not closed",
        ) from None


def _rows(reader: csv.DictReader[str]) -> Iterator[Row]:
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise SourceError(
            f"there is no column {', '.join(missing)}",
            where="line 1",
            fix=f"The first line must be {','.join(COLUMNS)}",
        )
    for line in reader:
        member, tag, value = ((line[name] or "").strip() for name in COLUMNS)
        yield member, tag, value


def _why_refused(row: Row, known: dict[str, TagDefinition], visible: frozenset[str]) -> str:
    member, tag, value = row
    definition = known.get(tag)
    if definition is None or definition.made_by != MadeBy.IMPORT:
        return f"{tag!r} is no imported tag"
    if member not in visible:
        return f"there is no member {member!r} here"
    if not value:
        return ""
    try:
        demand_value(definition, value)
    except RuleError as error:
        return error.what
    return ""
