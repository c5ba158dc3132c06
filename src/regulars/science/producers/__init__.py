"""Feature tables: what the workshop computes per member, kept in the lake as of a date.

A producer measures each member from that member's facts alone and then compares all members.
`refresh` runs the producers in dependency order, measures anew only the members whose facts
changed, and writes a run log; an incremental and a full refresh give identical features.
"""

from regulars.science.producers.lifecycle import LifecycleProducer
from regulars.science.producers.producer import Producer, Tables, in_order
from regulars.science.producers.profile.value import ValueProducer
from regulars.science.producers.refresh import (
    RefreshReport,
    latest_as_of,
    profile_producers,
    refresh,
    standard_producers,
)
from regulars.science.producers.rfm import RfmProducer
from regulars.science.producers.run_log import ProducerRun, last_done, last_runs

__all__ = [
    "LifecycleProducer",
    "Producer",
    "ProducerRun",
    "RefreshReport",
    "RfmProducer",
    "Tables",
    "ValueProducer",
    "in_order",
    "last_done",
    "last_runs",
    "latest_as_of",
    "profile_producers",
    "refresh",
    "standard_producers",
]
