"""What tells a seed audience from everybody else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.science.learned.lookalike.encoding import Encoding, Floats

_CHUNK_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Report:
    """How well a model without them found back seed members that were kept from it.

    Attributes:
        auc: Share of pairs of a kept seed member and another member in the right order; 0.5 is what
            ranking at random gives, give or take ``auc_random_error`` (its standard error).
        seed, seed_kept: Seed members with features; how many of them were kept.
        unknown: Seed members without features.
        members: Other members with features who had not opted out.
    """

    auc: float
    auc_random_error: float
    seed: int
    seed_kept: int
    unknown: int
    members: int


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A linear model of the log-odds of being one of the seed.

    Assumption: the seed is a random part of the people it stands for. Then whoever a model of seed
    against everybody finds likelier is likelier one of them (Elkan & Noto 2008, "Learning
    classifiers from only positive and unlabeled data", KDD).

    Attributes:
        typical: Scores of the seed, rising (of 50,000 at most): the scale of similarity.
    """

    encoding: Encoding
    weights: tuple[float, ...]
    intercept: float
    typical: tuple[float, ...]
    report: Report

    def scores(self, features: pa.Table) -> Floats:
        """Return the log-odds of each member of ``features``, the seed counted as one half."""
        weights = np.array(self.weights)
        parts = [
            self.encoding.encoded(features.slice(row, _CHUNK_ROWS)) @ weights + self.intercept
            for row in range(0, features.num_rows, _CHUNK_ROWS)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def similarity(self, features: pa.Table) -> Floats:
        """Return from 0 to 100 how alike each member is to the seed.

        70 means: more typical of the seed than 70 % of the seed itself.
        """
        return self.placed(self.scores(features))

    def placed(self, scores: Floats) -> Floats:
        """Return the similarity that each of the scores is."""
        below = np.searchsorted(np.array(self.typical), scores, side="right")
        return np.asarray(100.0 * below / len(self.typical))

    def traits(self, count: int = 5) -> list[tuple[str, float]]:
        """Return the columns that tell the seed best, with their weights, heaviest first."""
        order = np.argsort(-np.abs(np.array(self.weights)), kind="stable")[:count]
        names = self.encoding.names()
        return [(names[place], self.weights[place]) for place in order.tolist()]
