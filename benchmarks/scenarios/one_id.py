"""One ID on a simulated chain: how right, and how quick, beside joining on any shared key.

``REGULARS_BENCH_PEOPLE`` sets how many members are simulated (100,000), ``REGULARS_BENCH_CHAIN``
names the folder of a simulation to take instead. The peer is the usual
first attempt: two records that share any identifier are one person, found by DuckDB's reading of
the same raw files and a union-find. Both are scored by pairs of records against the truth. The
bars are asserted on the size they are promised for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.core.management import call_command

from benchmarks.harness import Measurement, measured
from regulars.apps.ingest.services.loading import load
from regulars.apps.members.queries import identity_counts
from regulars.apps.members.queries.owners import owners_of
from regulars.base.brand import Brand
from regulars.science.simulation.options import SimulationOptions
from regulars.science.simulation.scoring import PairScore, exact_groups, pair_score
from regulars.science.simulation.simulate import simulate

PEOPLE = int(os.environ.get("REGULARS_BENCH_PEOPLE", "100000"))
MONTHS = 24
PRECISION_MIN, RECALL_MIN, PROMISED_FOR = 0.999, 0.97, 100_000
SET = "simulated_chain"
# People first, then the orders that only cite them.
SOURCES = {
    "stores": "catalog/stores.csv",
    "products": "catalog/products.csv",
    "crm_members": "crm/members.csv",
    "web_accounts": "web/accounts.jsonl",
    "miniprogram_users": "miniprogram/users.parquet",
    "pos_orders": "pos/orders_*.csv",
    "web_orders": "web/orders_*.jsonl",
    "miniprogram_orders": "miniprogram/orders_*.parquet",
}


def measurements() -> Sequence[Measurement]:
    settings.REGULARS_BRAND = Brand("Simulated chain", "Asia/Shanghai", "CNY", "CN")
    call_command("migrate", verbosity=0)
    given = os.environ.get("REGULARS_BENCH_CHAIN")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(given or made)
        if not given:
            simulate(SimulationOptions(members=PEOPLE, months=MONTHS, seed=1), folder)
        records = pq.read_table(folder / "truth" / "records.parquet")
        rows, ours = measured(
            "regulars load", partial(_load_everything, folder / "raw"), rows=0, repeats=1
        )
        score = pair_score(records["person_id"], _members_of(records))
        plain, peer = measured(
            "any shared key", partial(_joined_plainly, folder / "raw", records), rows=rows,
            repeats=1,
        )  # fmt: skip
        plain_score = pair_score(records["person_id"], plain)
    counts = identity_counts()
    found = [
        _noted(ours, rows, score, f", {counts.active:,} members, {counts.reviews_open:,} reviews"),
        _noted(peer, rows, plain_score, ""),
    ]
    if records.num_rows >= PROMISED_FOR:
        assert score.precision >= PRECISION_MIN, score
        assert score.recall >= RECALL_MIN, score
    return found


def _noted(one: Measurement, rows: int, score: PairScore, more: str) -> Measurement:
    return Measurement(
        contender=one.contender,
        seconds=one.seconds,
        rows=rows,
        peak_memory_mb=one.peak_memory_mb,
        note=f"precision {score.precision:.5f}, recall {score.recall:.4f}{more}",
    )


def _load_everything(raw: Path) -> int:
    return sum(
        load(f"{SET}/{name}", path=str(raw / path)).counts.read for name, path in SOURCES.items()
    )


def _members_of(records: pa.Table) -> pa.Array:
    """Return the member who owns each record's own identifier."""
    members = np.full(records.num_rows, None, dtype=object)
    for kind in pc.unique(records["kind"]).to_pylist():
        places = np.flatnonzero(pc.equal(records["kind"], kind).to_numpy())
        keys = records["record_key"].take(pa.array(places)).combine_chunks()
        members[places] = owners_of(kind, keys).to_numpy(zero_copy_only=False)
    return pa.array(members, pa.string())


def _joined_plainly(raw: Path, records: pa.Table) -> pa.Array:
    """Join records that share any key, phones and mailboxes brought to one spelling."""
    digits = "right(regexp_replace(nfc_normalize(translate(phone, '０１２３４５６７８９', "
    digits += "'0123456789')), '[^0-9]', '', 'g'), 11)"
    with duckdb.connect() as connection:
        connection.register("records", records.append_column("n", pa.array(range(len(records)))))
        links = connection.execute(
            f"""
            WITH accounts AS (
                SELECT 'crm' AS source, 会员卡号 AS record_key, 会员卡号 AS card_no,
                    手机号 AS phone, 邮箱 AS email, 微信UnionID AS unionid
                FROM read_csv('{raw}/crm/members.csv', all_varchar = true)
                UNION ALL BY NAME
                SELECT 'web' AS source, account_id AS record_key, card_no, phone, email
                FROM read_json('{raw}/web/accounts.jsonl', format = 'newline_delimited',
                    columns = {{account_id: 'VARCHAR', card_no: 'VARCHAR', phone: 'VARCHAR',
                                email: 'VARCHAR'}})
                UNION ALL BY NAME
                SELECT 'miniprogram' AS source, openid AS record_key, card_no, phone, unionid
                FROM read_parquet('{raw}/miniprogram/users.parquet')
                UNION ALL BY NAME
                SELECT source, record_key, record_key AS phone FROM records WHERE kind = 'phone'
            )
            SELECT n, key FROM (
                SELECT source, record_key, unnest([
                    'card ' || card_no, 'phone ' || {digits}, 'mail ' || lower(email),
                    'union ' || unionid, 'own ' || source || record_key]) AS key
                FROM (SELECT source, record_key, nullif(card_no, '') AS card_no,
                             nullif(phone, '') AS phone, nullif(email, '') AS email,
                             nullif(unionid, '') AS unionid FROM accounts)
            ) JOIN records USING (source, record_key) WHERE key IS NOT NULL
            """
        ).to_arrow_table()
    keys = links["key"].combine_chunks().dictionary_encode().indices
    return pa.array(exact_groups(links["n"].to_numpy(), keys.to_numpy().astype(np.int64)))
