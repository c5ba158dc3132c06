"""The brand's own options of the measures, from environment variables."""

from __future__ import annotations

from typing import cast

from regulars.base import environment
from regulars.science.lifecycle import LifecycleRules
from regulars.science.producers import Producer, profile_producers, standard_producers
from regulars.science.rfm import RfmOptions
from regulars.science.rfm.options import Method
from regulars.science.value import ValueOptions


def brand_producers() -> tuple[Producer, ...]:
    """Return the feature producers with this installation's options.

    Raises:
        ConfigurationError: A variable is not a number.
        RuleError: The options make no sense together.
    """
    rfm, stages = RfmOptions(), LifecycleRules()
    standard = standard_producers(
        rfm=RfmOptions(
            window_days=environment.integer("REGULARS_RFM_WINDOW_DAYS", rfm.window_days),
            # RfmOptions refuses a method it does not know.
            method=cast("Method", environment.text("REGULARS_RFM_METHOD", rfm.method)),
            levels=environment.integer("REGULARS_RFM_LEVELS", rfm.levels),
        ),
        lifecycle=LifecycleRules(
            growth_orders=environment.integer(
                "REGULARS_LIFECYCLE_GROWTH_ORDERS", stages.growth_orders
            ),
            mature_orders=environment.integer(
                "REGULARS_LIFECYCLE_MATURE_ORDERS", stages.mature_orders
            ),
            dormant_days=environment.integer(
                "REGULARS_LIFECYCLE_DORMANT_DAYS", stages.dormant_days
            ),
            churned_days=environment.integer(
                "REGULARS_LIFECYCLE_CHURNED_DAYS", stages.churned_days
            ),
        ),
    )
    value = ValueOptions(
        discount=environment.integer("REGULARS_VALUE_DISCOUNT_PERCENT", 10) / 100,
        level=environment.integer("REGULARS_VALUE_INTERVAL_PERCENT", 90) / 100,
    )
    return (*standard, *profile_producers(value=value))
