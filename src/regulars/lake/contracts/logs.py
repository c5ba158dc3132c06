"""What the lake and its producers note about themselves."""

from __future__ import annotations

from regulars.lake.contracts.shape import Column, Contract

MEMBER_CHANGES = Contract(
    name="member_changes",
    owner="lake",
    grain="one member whose rows one commit changed",
    key=("member_id", "sequence"),
    columns=(
        Column("member_id", "string", "the member"),
        Column("sequence", "int64", "the commit of the lake that changed their rows"),
    ),
    kind="log",
    source="written by the lake with every fact and member row",
)

REFRESH_RUNS = Contract(
    name="refresh_runs",
    owner="science",
    grain="one run of one producer",
    key=("run_id", "producer"),
    columns=(
        Column("run_id", "string", "the refresh"),
        Column("producer", "string", "the producer, as in features/<producer>"),
        Column("as_of", "date", "the date it computed for"),
        Column("mode", "string", "full, incremental, or none when nothing was computed"),
        Column("state", "string", "done, unchanged, failed or blocked"),
        Column("started_at", "timestamp('UTC')", "when it began", unit="UTC"),
        Column("seconds", "float64", "how long it took", unit="seconds"),
        Column("members_touched", "int64", "members measured anew", unit="members"),
        Column("rows_in", "int64", "facts read to measure them", unit="rows"),
        Column("rows_out", "int64", "feature rows as of the date", unit="rows"),
        Column("rows_written", "int64", "of them written by this run", unit="rows", nullable=True),
        Column("peak_memory_mb", "float64", "the process's highest memory", unit="MiB"),
        Column("lake_sequence", "int64", "the lake's commit it read"),
        Column("sources", "string", "JSON: table → version it read"),
        Column("options", "string", "fingerprint of the producer and the brand's options"),
        Column("yardstick", "string", "JSON: bound → value placed by", nullable=True),
        Column("error", "string", "why it failed", nullable=True),
    ),
    kind="log",
    source="science.producers.refresh",
)

MODEL_VERSIONS = Contract(
    name="model_versions",
    owner="science",
    grain="one fit of one model, or why it could not be fitted",
    key=("model", "as_of", "fitted_at"),
    columns=(
        Column("model", "string", "value, churn, preferences, …"),
        Column("as_of", "date", "fitted on every fact before this date"),
        Column("fitted_at", "timestamp('UTC')", "when it was fitted", unit="UTC"),
        Column("version", "string", "its name, the same for the same fit", nullable=True),
        Column("options", "string", "fingerprint of the model and the brand's options"),
        Column("members", "int64", "members it was fitted on", unit="members"),
        Column("log_likelihood", "float64", "of these members under it", nullable=True),
        Column("parameters", "string", "JSON: what was found", nullable=True),
        Column("quality", "string", "JSON: what it foretold, and what came", nullable=True),
        Column("seconds", "float64", "how long the fit took", unit="seconds"),
        Column("error", "string", "why there is none", nullable=True),
    ),
    kind="log",
    source="science.producers.profile",
)

PREFERENCE_SHARES = Contract(
    name="preference_shares",
    owner="science",
    grain="one option of one dimension, as everybody chose it at one fit",
    key=("version", "dimension", "option"),
    columns=(
        Column("version", "string", "the fit, as in model_versions"),
        Column("dimension", "string", "product, department, category, brand, channel, store, …"),
        Column("option", "string", "what was chosen"),
        Column("times", "int64", "order lines or orders of all members", unit="times"),
        Column("share", "float64", "of all choices"),
        Column("strength", "float64", "how many choices the shares weigh as much as"),
        Column("department", "string", "of a product, when it was fitted", nullable=True),
        Column("category", "string", "of a product", nullable=True),
        Column("brand", "string", "of a product", nullable=True),
    ),
    kind="log",
    source="science.profile.preferences",
)

_BILLIONTHS = "billionths"
PRICE_SHELVES = Contract(
    name="price_shelves",
    owner="science",
    grain="one product, or one brand of one category on one day, as one fit saw it",
    key=("version", "part", "product_id", "category", "brand", "business_date"),
    columns=(
        Column("version", "string", "the fit, as in model_versions"),
        Column("part", "string", "goods or shelf"),
        Column("product_id", "string", "the product, of goods; empty of a shelf"),
        Column("category", "string", "its category"),
        Column("brand", "string", "its brand"),
        Column("business_date", "date", "the day, of a shelf; 1970-01-01 of goods"),
        Column("taken", "int64", "-ln(1 - discount) of the brand", _BILLIONTHS, nullable=True),
        Column("expected", "int64", "the same of what everybody chose", _BILLIONTHS, nullable=True),
        Column("away", "int64", "taken - expected", _BILLIONTHS, nullable=True),
        Column("information", "int64", "how much the day tells", _BILLIONTHS, nullable=True),
        Column(
            "weighted", "int64", "information x the category's slope", _BILLIONTHS, nullable=True
        ),
    ),
    kind="log",
    source="science.learned.price_sensitivity",
)

CONTRACTS = (MEMBER_CHANGES, REFRESH_RUNS, MODEL_VERSIONS, PREFERENCE_SHARES, PRICE_SHELVES)
