"""A tag as somebody defines it."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.apps.tags.types.kinds import Derivation, MadeBy, Origin, ValueType, Volatility


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSpec:
    """One value of a qualitative tag.

    ``when`` is the rule that gives it, of several the first that holds; "" is everybody else. A tag
    with ``take``, SQL, imports or hands leaves it empty: the value is then only named. ``points``
    is what it counts in a score.
    """

    code: str
    name_zh: str
    name_en: str
    when: str = ""
    points: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSpec:
    """A name for the numbers below a bound (None: all the rest) of a quantitative tag."""

    code: str
    name_zh: str
    name_en: str
    below: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """Which feature table a model's tag rests on, and its columns of probability and version."""

    table: str
    score: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDefinition:
    """Everything that is said of a tag; ``rules.definition`` says what may not be missing.

    Attributes:
        code: The tag's name in rules and tables, for good.
        category: Code of the category it belongs to.
        definition_zh, definition_en: What the tag means; one of the two must be there.
        source: Where the values come from, in words.
        update_days: Its update cycle: a value is stale after so many days; 0 for never.
        owner: Who answers for it.
        values: The values of a qualitative tag, with the rules that give them.
        take: Instead of rules: the amount or value that the tag is.
        query, per_member: SQL of member_id and value; whether it can be asked of some members only.
        buckets: How numbers are grouped where they are shown.
        weight, half_life_days: What it counts in scores, and how fast it fades.
    """

    code: str
    category: str
    name_zh: str
    name_en: str
    definition_zh: str = ""
    definition_en: str = ""
    source: str = ""
    update_days: int | None = None
    owner: str = ""
    made_by: MadeBy
    value_type: ValueType = ValueType.QUALITATIVE
    origin: Origin = Origin.BUSINESS
    derivation: Derivation = Derivation.FACT
    values: tuple[ValueSpec, ...] = ()
    take: str = ""
    query: str = ""
    per_member: bool = False
    model: ModelSpec | None = None
    buckets: tuple[BucketSpec, ...] = ()
    weight: float = 1.0
    half_life_days: float | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers."""
        return self.value_type == ValueType.QUANTITATIVE

    @property
    def volatility(self) -> Volatility:
        """Whether values move by themselves."""
        return Volatility.DYNAMIC if self.made_by.is_dynamic else Volatility.STATIC
