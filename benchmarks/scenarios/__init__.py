"""The scenarios: a module each, with ``measurements()``, which returns its own figures first.

``SCENARIOS`` says what each measures; the order is that of ``make bench``. A scenario is imported
only in the process that runs it.
"""

SCENARIOS: dict[str, str] = {
    "load": "load the demo's raw files, cleaned and under contract",
    "refresh": "refresh the demo's features: everything, one member in a hundred, nothing",
    "rfm": "RFM of the demo's members beside pandas and Polars",
    "simulate": "simulate 100,000 members over 24 months, beside writing the same bytes",
    "ledger": "people in, members found, events kept: SQLite beside PostgreSQL",
}
