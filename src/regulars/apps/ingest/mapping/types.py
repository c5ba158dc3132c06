"""What a mapping declares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from regulars.apps.ingest.cleaning import TimeRule
from regulars.apps.ingest.mapping.expressions import Expression

# What is posted is in the ledger already: a landing reads it, not a reader.
Format = Literal["csv", "parquet", "jsonl", "xlsx", "sql", "posted"]
Kind = Literal[
    "text", "amount", "number", "integer", "time", "date", "boolean", "phone", "email", "gender"
]

RuleName = Literal["zero_quantity", "measured_quantity", "unknown_product", "extreme"]
RuleAction = Literal["flag", "refuse"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows are and how they are written.

    Attributes:
        path: A file, or a pattern that matches several, relative to the mapping's folder.
        package: An installed package inside whose folder ``path`` lies; it is not imported.
        encoding: Of text files; empty: found out.
        delimiter: Between the cells of a CSV file.
        sheet: Name of the sheet of a workbook; empty: the first.
        header_row: Where a sheet's header stands, counted from 1.
        query: One SELECT, for ``sql``.
        url_env: The environment variable that holds the database's URL, for ``sql``.
    """

    format: Format
    path: str = ""
    package: str = ""
    encoding: str = ""
    delimiter: str = ","
    sheet: str = ""
    header_row: int = 1
    query: str = ""
    url_env: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value taken from another lake table: ``take`` of the row whose ``key`` equals the value."""

    table: str
    key: str
    take: str


@dataclass(frozen=True, slots=True)
class Impute:
    """What fills a missing value; a filled value is always marked."""

    policy: Literal["constant", "most_frequent", "median"]
    constant: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One column of the contract (or one attribute) and where its value comes from.

    Exactly one of expression, constant and digest is given. ``on_error`` says whether a value that
    cannot be read refuses the row or counts as missing (and is noted).
    """

    name: str
    kind: Kind
    expression: Expression | None = None
    constant: str | None = None
    digest: tuple[str, ...] = ()
    lookup: Lookup | None = None
    words: tuple[tuple[str, str], ...] = ()
    keep_unknown: bool = False
    on_error: Literal["refuse", "missing"] = "refuse"
    required: bool = False
    allow_negative: bool = True
    decimal_comma: bool = False
    scale: int = 2
    time: TimeRule = field(default_factory=TimeRule)
    impute: Impute | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """The source columns it needs."""
        return self.digest or (self.expression.reads if self.expression else ())


@dataclass(frozen=True, slots=True)
class Identifier:
    """A typed key of the person a row belongs to, cleaned like any other value."""

    kind: str
    value: Target
    verified: bool


@dataclass(frozen=True, slots=True)
class MemberRule:
    """Whose a row is. ``required`` refuses rows without any identifier.

    ``evidence`` is what the row says of the person besides: name, birth_date, gender. It tells two
    people with one phone apart, and is kept on the ledger side.
    """

    identifiers: tuple[Identifier, ...]
    required: bool
    joined_at: Target | None = None
    channel: Target | None = None
    evidence: tuple[Target, ...] = ()

    @property
    def extras(self) -> tuple[Target, ...]:
        """What is read of a person besides the identifiers."""
        return (*(extra for extra in (self.joined_at, self.channel) if extra), *self.evidence)


@dataclass(frozen=True, slots=True)
class RowRule:
    """A cleaning rule over cleaned columns, and what happens to the rows it finds."""

    rule: RuleName
    column: str = ""
    above: str = ""
    below: str = ""
    action: RuleAction = "flag"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping, checked.

    Attributes:
        source: The name written into every row's ``source`` column.
        title: What people read, per language.
        contract: The lake table the rows become.
        business_zone: Zone of business dates for stores the lake does not know.
        rollup: Targets of the ``orders`` header that lines do not carry (channel, staff_id); None
            when the source brings no headers to be added up.
        attributes: Only for member_attributes: one target per attribute.
        stores: Targets of the ``stores`` rows made for stores the lake does not know.
        refused_max: More refused rows than this stop the load: the mapping, not the data, is wrong.
    """

    name: str
    source: str
    title: tuple[tuple[str, str], ...]
    contract: str
    place: Place
    currency: str
    business_zone: str
    columns: tuple[Target, ...]
    member: MemberRule | None = None
    rules: tuple[RowRule, ...] = ()
    rollup: tuple[Target, ...] | None = None
    attributes: tuple[Target, ...] = ()
    stores: tuple[Target, ...] | None = None
    refused_max: int = 100_000
    folder: str = ""
    digest: str = ""

    def title_in(self, language: str) -> str:
        """Return the title in the language, else in the first one given."""
        titles = dict(self.title)
        return titles.get(language) or next(iter(titles.values()), self.source)

    def target(self, name: str) -> Target | None:
        """Return the target of a contract column, if the mapping has one."""
        return next((target for target in self.columns if target.name == name), None)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every value that is read from the source, identifiers included."""
        parts = [*self.columns, *(self.rollup or ()), *self.attributes, *(self.stores or ())]
        if self.member is not None:
            parts += [identifier.value for identifier in self.member.identifiers]
            parts += self.member.extras
        return tuple(parts)

    @property
    def reads(self) -> tuple[str, ...]:
        """The source columns it needs, each once, in order of use."""
        return tuple(dict.fromkeys(name for target in self.targets for name in target.reads))
