"""Producers run after those they need."""

from __future__ import annotations

import pytest

from regulars.base.errors import RuleError
from regulars.science.lifecycle import LifecycleRules
from regulars.science.producers import LifecycleProducer, RfmProducer, in_order
from regulars.science.rfm import RfmOptions


def test_needs_come_first() -> None:
    last = RfmProducer(name="last", needs=("middle",))
    middle = RfmProducer(name="middle", needs=("first",))
    first = RfmProducer(name="first")
    assert [p.name for p in in_order([last, middle, first])] == ["first", "middle", "last"]


def test_what_cannot_be_put_in_order() -> None:
    with pytest.raises(RuleError, match="two producers are called rfm"):
        in_order([RfmProducer(), RfmProducer()])
    with pytest.raises(RuleError, match="producer rfm: needs the unknown producer clv"):
        in_order([RfmProducer(needs=("clv",))])
    with pytest.raises(RuleError, match="the producers need each other: rfm → lifecycle → rfm"):
        in_order([RfmProducer(needs=("lifecycle",)), LifecycleProducer(needs=("rfm",))])


def test_a_fingerprint_tells_options_apart() -> None:
    prints = {
        RfmProducer().fingerprint,
        RfmProducer(options=RfmOptions(levels=4)).fingerprint,
        LifecycleProducer().fingerprint,
        LifecycleProducer(rules=LifecycleRules(dormant_days=61)).fingerprint,
    }
    assert len(prints) == 4
    assert RfmProducer(options=RfmOptions()).fingerprint == RfmProducer().fingerprint
