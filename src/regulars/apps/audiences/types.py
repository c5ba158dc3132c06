"""What leaves the audiences room: seeds as people choose them, expansions as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.translation import pgettext_lazy

from regulars.base.errors import RuleError

AUC_TRUSTED = 0.7
STEPS = 101


class SeedKind(models.TextChoices):
    """How a seed is said."""

    RULE = "rule", pgettext_lazy("seed", "Rule")
    LIST = "list", pgettext_lazy("seed", "List of members")


class ExpansionState(models.TextChoices):
    """How far an expansion is."""

    WAITING = "waiting", pgettext_lazy("expansion", "Waiting")
    RUNNING = "running", pgettext_lazy("expansion", "Running")
    DONE = "done", pgettext_lazy("expansion", "Done")
    FAILED = "failed", pgettext_lazy("expansion", "Failed")


@dataclass(frozen=True, slots=True)
class Seed:
    """Whom others are to be like: everybody for whom a rule holds, or a list of member ids."""

    rule: str = ""
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.rule.strip()) == bool(self.members):
            raise RuleError("a seed is a rule or a list of members", where="seed")

    @property
    def kind(self) -> SeedKind:
        """Which of the two it is."""
        return SeedKind.RULE if self.rule.strip() else SeedKind.LIST


@dataclass(frozen=True, slots=True)
class ExpansionReport:
    """How good the answer is, and what it rests on.

    Attributes:
        auc, auc_random_error: How well seed members kept apart were found back; a random order has
            0.5, give or take the error.
        seed, seed_kept, unknown: Seed members compared; kept apart; of the seed, but no members.
        others: Members who could be found.
        refused: Members left out because a rule says so; ``seed_refused`` of them were of the seed.
        left_out: Tables that were not compared, because the seed was chosen by them.
        traits: What tells the seed best, with the sign of its weight.
    """

    auc: float
    auc_random_error: float
    seed: int
    seed_kept: int
    unknown: int
    others: int
    refused: int
    seed_refused: int
    left_out: tuple[str, ...]
    traits: tuple[tuple[str, float], ...]
    seconds: float

    @property
    def trusted(self) -> bool:
        """Whether the order is good enough to be used."""
        return self.auc >= AUC_TRUSTED


@dataclass(frozen=True, slots=True)
class Expansion:
    """One expansion; ``counts`` are members at a similarity of at least 0, 1, … 100."""

    run_id: str
    title: str
    seed_kind: SeedKind
    seed_rule: str
    excluded_rule: str
    as_of: date
    state: ExpansionState
    requested_by: str
    requested_at: datetime
    finished_at: datetime | None
    report: ExpansionReport | None
    counts: tuple[int, ...]
    error: str

    @property
    def is_open(self) -> bool:
        """Whether the answer is still to come."""
        return self.state in {ExpansionState.WAITING, ExpansionState.RUNNING}
