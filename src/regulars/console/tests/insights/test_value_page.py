"""The value page and panel: numbers of planted features, the members behind each, the scope."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.desk import forget
from regulars.console.tests.chain import AS_OF, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import charts, members_behind
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.value import Calibration, Quality, ValueModel
from regulars.science.value.model import quality_text

BANDS = ("high", "high", "medium", "medium", "medium", *("low",) * 5)
STRATA = ("key", "main", "ordinary", "ordinary", "ordinary", *("long_tail",) * 5)
QUALITY = Quality(
    days=50, members=10, level=0.9,
    calibration=(Calibration(0, 4, 0.5, 0.6), Calibration(1, 6, 1.25, 1.0)),
    orders=12.0, expected_orders=11.6, spend=400.0, expected_spend=390.0,
    mean_absolute_error=0.5, orders_coverage=0.92, spend_coverage=0.91,
)  # fmt: skip
MODEL = ValueModel(
    as_of=date(2024, 6, 1), members=10,
    repeat={"r": 1.0, "alpha": 5.0, "a": 1.0, "b": 3.0}, spend={"p": 5.0, "q": 4.0, "v": 80.0},
    repeat_log_likelihood=-10.0, spend_log_likelihood=-20.0, bands=(800.0, 500.0),
    discount=0.1, level=0.9, quality=QUALITY,
)  # fmt: skip


def worth(number: int) -> Decimal:
    return Decimal(1000 - 100 * (number - 1)) + Decimal("0.50")


@pytest.fixture
def valued(chain: Chain) -> Chain:
    """Member number n has a lifetime value of 1,100.50 - 100 n, and spent n times 10.00."""
    value, strata, cycle = [], [], []
    for number in range(1, 11):
        key = {"member_id": chain.member_of[f"c{number}"], "as_of": AS_OF}
        dates = {"first_order_date": date(2024, 1, 5), "last_order_date": date(2024, 6, 1)}
        value.append(key | dates | {
            "frequency": 3, "repeat_amount": Decimal(90), "recency_weeks": 21.1, "age_weeks": 23.0,
            "p_alive": 0.8, "p_purchase_30d": 0.25, "expected_orders_365d": 4.2,
            "expected_spend": Decimal("33.00"), "clv": worth(number), "clv_low": Decimal(0),
            "clv_high": worth(number) * 2, "next_order_on": date(2024, 7, 1),
            "value_band": BANDS[number - 1], "model_version": MODEL.version,
        })  # fmt: skip
        strata.append(key | {"monetary": Decimal(10 * number), "stratum": STRATA[number - 1]})
        cycle.append(key | dates | {
            "order_days": 4, "interval_median_days": 12.0, "interval_mean_days": 13.0,
            "active_weekday": 5, "due_on": date(2024, 6, 13), "overdue_days": 1,
        })  # fmt: skip
    fit = {
        "model": "value", "as_of": MODEL.as_of, "fitted_at": datetime(2024, 6, 1, tzinfo=UTC),
        "version": MODEL.version, "options": "o", "members": 10, "log_likelihood": -30.0,
        "parameters": MODEL.parameters, "quality": quality_text(QUALITY), "seconds": 1.0,
    }  # fmt: skip
    with Lake(settings.REGULARS_LAKE).transaction(note="value") as transaction:
        for name, rows in (("value", value), ("strata", strata), ("cycle", cycle)):
            declared = contract(f"features/{name}")
            schema = pa.schema([declared.arrow_schema.field(one) for one in declared.shown_names])
            table = pa.Table.from_pylist(rows, schema)
            transaction.replace_partition(f"features/{name}", table, partition={"as_of": AS_OF})
        schema = contract("model_versions").arrow_schema
        transaction.append("model_versions", pa.Table.from_pylist([fit], schema))
    forget()
    return chain


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def test_bands_and_strata_sum_to_the_members_and_lead_to_them(valued: Chain, admin: Client) -> None:
    page = admin.get("/insights/value/").content.decode()
    found = charts(page)
    bands = found["chart-value-bands"]
    assert [row[:2] for row in bands["rows"]] == [["High", 2], ["Medium", 3], ["Low", 5]]
    assert [row[3] for row in bands["rows"]] == [1901.0, 2101.5, 1502.5]
    assert [row[4] for row in bands["rows"]] == [30.0, 120.0, 400.0]
    strata = found["chart-strata"]
    names = [row[0] for row in strata["rows"]]
    assert names == ["Key", "Main", "Ordinary", "Long tail"]
    assert [row[1] for row in strata["rows"]] == [1, 1, 3, 5]
    for spec in (bands, strata):
        for row, link in zip(spec["rows"], spec["links"], strict=True):
            assert len(members_behind(admin, link)) == row[1]
    assert sum(row[2] for row in strata["rows"]) == pytest.approx(1)


def test_the_distribution_counts_every_member_once(valued: Chain, admin: Client) -> None:
    spec = charts(admin.get("/insights/value/").content.decode())["chart-clv"]
    assert [row[:2] for row in spec["rows"]] == [
        ["¥100 – 200", 1],
        ["¥200 – 500", 3],
        ["¥500 – 1,000", 5],
        ["¥1,000 – 2,000", 1],
    ]
    for row, link in zip(spec["rows"], spec["links"], strict=True):
        assert len(members_behind(admin, link)) == row[1]


def test_the_curve_says_what_the_top_fifth_brings(valued: Chain, admin: Client) -> None:
    page = admin.get("/insights/value/").content.decode()
    spec = charts(page)["chart-pareto"]
    rows = spec["rows"]
    # The two with the greatest spend: 100 and 90 of 550.
    assert next(row for row in rows if row[0] == "20 %")[1:3] == [2, 190.0]
    assert "34.5%" in page
    # Ten buyers make ten of the twenty steps: the fifth of them is the second row.
    assert (rows[spec["fifth"]][0], spec["evenly"][spec["fifth"]]) == ("20 %", 0.2)
    assert spec["evenly"] == pytest.approx([n / 10 for n in range(1, 11)])


def test_foretold_stands_beside_what_came(valued: Chain, admin: Client) -> None:
    page = admin.get("/insights/value/").content.decode()
    rows = charts(page)["chart-calibration"]["rows"]
    assert rows == [["0", 4, 0.5, 0.6], ["1+", 6, 1.25, 1.0]]
    assert "92.0%" in page
    assert MODEL.version in page


def test_a_shop_sees_its_own_members_only(valued: Chain, sign_in: SignIn) -> None:
    shop = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    found = charts(shop.get("/insights/value/").content.decode())
    assert [row[1] for row in found["chart-value-bands"]["rows"]] == [2, 3, 1]
    assert sum(row[1] for row in found["chart-clv"]["rows"]) == 6
    mine, other = valued.member_of["c1"], valued.member_of["c8"]
    assert shop.get(f"/members/{mine}/value/").status_code == 200
    assert shop.get(f"/members/{other}/value/").status_code == 404


def test_a_shop_is_told_no_number_of_all_members(valued: Chain, sign_in: SignIn) -> None:
    shop = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    page = shop.get("/insights/value/").content.decode()
    whole = sign_in(Role.ADMIN).get("/insights/value/").content.decode()
    # What the fit says of the brand: sales held out, how well they were foretold, how many members.
    for said in ("held out", "¥390", "¥400", "92.0%", "on 10 members", "chart-calibration"):
        assert said in whole, said
        assert said not in page, said
    assert f"Model {MODEL.version}: BG/NBD and Gamma-Gamma, fitted as of 2024-06-01" in page


def test_the_panel_tells_what_one_member_is_worth(valued: Chain, admin: Client) -> None:
    panel = admin.get(f"/members/{valued.member_of['c2']}/value/").content.decode()
    for shown in ("¥900.50", "¥0.00 – ¥1,801.00", "80.0%", "25.0%", "2024-07-01", "2024-06-13"):
        assert shown in panel, shown
    assert "1 day over" in panel
    assert f"Model {MODEL.version}, as of {AS_OF}" in panel
    assert "member_value" not in panel
    page = admin.get(f"/members/{valued.member_of['c2']}/").content.decode()
    assert f'hx-get="/members/{valued.member_of["c2"]}/value/"' in page


def test_before_a_refresh_there_is_nothing_to_show(chain: Chain, admin: Client) -> None:
    page = admin.get("/insights/value/")
    assert page.status_code == 200
    assert "No features yet" in page.content.decode()
    panel = admin.get(f"/members/{chain.member_of['c2']}/value/").content.decode()
    assert "No value has been computed of this member" in panel


def test_conditions_stand_as_chips(valued: Chain, admin: Client) -> None:
    address = "/members/?clv_band=high&clv_min=950&clv_max=2000&stratum=key"
    page = admin.get(address).content.decode()
    for chip in (
        "lifetime value: High",
        "lifetime value at least ¥950",
        "lifetime value below ¥2,000",
        "stratum: Key",
    ):
        assert chip in page
    assert members_behind(admin, address) == [valued.member_of["c1"]]
    assert "clv_band" in admin.get("/members/?clv_band=gold").content.decode()
