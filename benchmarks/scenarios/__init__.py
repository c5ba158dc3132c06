"""The scenarios: a module each, with ``measurements()``, which returns its own figures first.

``SCENARIOS`` says what each measures; the order is that of ``make bench``. A scenario is imported
only in the process that runs it. What stands before a name's first line may be a folder.
"""

SCENARIOS: dict[str, str] = {
    "load": "load the demo's raw files, cleaned and under contract",
    "refresh": "refresh the demo's features: everything, one member in a hundred, nothing",
    "rfm": "RFM of the demo's members beside pandas and Polars",
    "clv": "fit BG/NBD, MBG/NBD and Pareto/NBD to a million customers, beside lifetimes",
    "models": "churn, price sensitivity, look-alikes on a simulated chain, beside simple means",
    "simulate": "simulate 100,000 members over 24 months, beside writing the same bytes",
    "ledger": "people in, members found, events kept: SQLite beside PostgreSQL",
    "million_refresh": "refresh a million members: all, 0.1 %, 1 %, 10 % changed, a day later",
    "million_tags": "decide 200 tags of a million members: all, a date later, one in a thousand",
    "million_pages": "the pages at a million members, for four data scopes, beside a static file",
    "million_watch": "lifecycle history and alerts of a million members: first, 1 %, a day later",
    "one_id": "join a chain's records into persons, beside joining on any shared key",
    "million_load": "load a chain's whole folder of raw files, beside writing them as Parquet",
    "corrections": "load new and corrected orders into a chain's history",
    "api_reads": "200 concurrent reads of the API on the demo, beside a server that says hello",
    "api_profiles": "single profiles of a million members, beside a server that says hello",
    "api_orders": "orders posted to a running server: acknowledged, killed, seen in the lake",
}
