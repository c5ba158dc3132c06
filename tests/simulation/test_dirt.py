"""People's identifiers are as wrong as was asked for, and the truth says which."""

from __future__ import annotations

import re
import unicodedata

import polars as pl
import pytest

from tests.simulation.conftest import MEMBERS, SimulatedChain


def plain(phone: str | None) -> str:
    """Eleven digits, however a source writes them; '' for none."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", phone or ""))[-11:]


@pytest.fixture(scope="module")
def phones(chain: SimulatedChain) -> pl.DataFrame:
    return chain.truth("identifiers").filter(pl.col("kind") == "phone")


@pytest.fixture(scope="module")
def records(chain: SimulatedChain) -> pl.DataFrame:
    """Every card, web account and mini-program user with its phone and its person."""
    cards = chain.csv("crm/members.csv", encoding="utf-8-sig").select(
        pl.lit("crm").alias("source"), record_key="会员卡号", phone="手机号"
    )
    accounts = pl.read_ndjson(chain.folder / "raw/web/accounts.jsonl").select(
        pl.lit("web").alias("source"), record_key="account_id", phone="phone"
    )
    users = pl.read_parquet(chain.folder / "raw/miniprogram/users.parquet").select(
        pl.lit("miniprogram").alias("source"), record_key="openid", phone="phone"
    )
    both = pl.concat([cards, accounts, users]).with_columns(written=pl.col("phone"))
    return both.with_columns(
        pl.col("phone").map_elements(plain, return_dtype=pl.String, skip_nulls=False)
    ).join(chain.truth("records"), on=["source", "record_key"], how="left")


def test_every_record_has_one_person(chain: SimulatedChain, records: pl.DataFrame) -> None:
    truth = chain.truth("records")

    assert records["person_id"].null_count() == 0
    assert not truth.select("source", "record_key").is_duplicated().any()
    assert truth.filter(pl.col("source") != "pos").height == records.height
    members = truth.filter(pl.col("source") != "pos")["person_id"]
    assert members.n_unique() == MEMBERS
    # Most people hold more than one record: there is something to find.
    assert truth.height > 1.8 * MEMBERS


def test_the_rates_are_those_asked_for(phones: pl.DataFrame) -> None:
    counts = dict(phones["state"].value_counts().iter_rows())

    assert counts["mistyped"] == pytest.approx(0.02 * MEMBERS, rel=0.25)
    assert counts["recycled_to"] == counts["given_up"] == 0.02 * MEMBERS
    assert counts["shared"] == pytest.approx(2 * 0.01 * MEMBERS, rel=0.25)


def test_a_shared_phone_has_two_owners(phones: pl.DataFrame) -> None:
    owners = phones.filter(pl.col("state") == "shared").group_by("value").len()["len"]
    assert owners.unique().to_list() == [2]
    alone = phones.filter(pl.col("state") == "own").group_by("value").len()["len"]
    assert alone.unique().to_list() == [1]


def test_a_recycled_phone_changes_hands_with_a_rest(
    chain: SimulatedChain, phones: pl.DataFrame
) -> None:
    before = phones.filter(pl.col("state") == "given_up")
    after = phones.filter(pl.col("state") == "recycled_to")
    joined = chain.truth("people").select("person_id", "joined_at")
    handed = before.join(after, on="value").join(
        joined, left_on="person_id_right", right_on="person_id"
    )

    assert handed.height == before.height == after.height
    assert (handed["person_id"] != handed["person_id_right"]).all()
    rest = handed.select(pl.col("joined_at") - pl.col("until")).to_series()
    assert rest.dt.total_days().is_between(60, 731).all()
    # Whoever gave it up has another one from that day on.
    second = phones.filter(pl.col("since").is_not_null())
    assert second.join(before, on="person_id").filter(
        pl.col("since") == pl.col("until_right")
    ).height == before.height  # fmt: skip


def test_records_hold_what_the_truth_says(records: pl.DataFrame, phones: pl.DataFrame) -> None:
    given = records.filter(pl.col("phone") != "")
    known = given.join(
        phones.select("person_id", "value").unique(),
        left_on=["person_id", "phone"],
        right_on=["person_id", "value"],
        how="anti",
    )
    assert known.is_empty()
    wrong = given.join(
        phones.filter(pl.col("state") == "mistyped"),
        left_on=["person_id", "phone", "source"],
        right_on=["person_id", "value", "source"],
    )
    assert wrong.height == phones.filter(pl.col("state") == "mistyped").height
    assert (records["phone"].str.len_chars().is_in([0, 11])).all()


def test_phones_are_missing_and_written_in_many_ways(records: pl.DataFrame) -> None:
    missing = dict(records.group_by("source").agg((pl.col("phone") == "").mean()).iter_rows())
    assert missing["crm"] == pytest.approx(0.01, abs=0.006)
    assert missing["web"] == pytest.approx(0.04, abs=0.015)
    assert missing["miniprogram"] == pytest.approx(0.05, abs=0.015)
    typed = records.filter((pl.col("source") != "miniprogram") & (pl.col("phone") != ""))
    assert (typed["written"] != typed["phone"]).mean() == pytest.approx(0.15, abs=0.02)
    for sign in (" ", "+86 ", "-", "１"):
        assert typed["written"].str.contains(sign, literal=True).any(), sign


def test_phones_of_the_till_name_one_person(chain: SimulatedChain, phones: pl.DataFrame) -> None:
    till = chain.truth("records").filter(pl.col("source") == "pos")
    owned = till.join(
        phones.filter(pl.col("state") == "own").select("person_id", "value"),
        left_on=["person_id", "record_key"],
        right_on=["person_id", "value"],
        how="semi",
    )
    assert owned.height == till.height
    guests = chain.truth("people").filter(~pl.col("is_member"))
    assert guests.height == 0.06 * MEMBERS
    assert till.join(guests, on="person_id", how="semi").height == guests.height
