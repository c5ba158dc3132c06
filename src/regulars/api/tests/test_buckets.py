"""A key may send a minute's worth at once, then evenly."""

from __future__ import annotations

from regulars.api.door.buckets import BUCKETS_MAX, Buckets


def test_a_bucket_empties_and_fills_evenly() -> None:
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    assert [buckets.take(1, rate_per_minute=3).remaining for _ in range(3)] == [2, 1, 0]
    refused = buckets.take(1, rate_per_minute=3)
    assert (refused.passes, refused.remaining, refused.wait_seconds) == (False, 0, 20)
    now[0] = 19.9
    assert buckets.take(1, rate_per_minute=3).passes is False
    now[0] = 20.0
    assert buckets.take(1, rate_per_minute=3).passes is True
    now[0] = 1_000.0
    assert buckets.take(1, rate_per_minute=3).remaining == 2


def test_keys_do_not_share_a_bucket_and_old_buckets_leave() -> None:
    buckets = Buckets(lambda: 0.0)
    for key_id in range(BUCKETS_MAX + 1):
        assert buckets.take(key_id, rate_per_minute=1).passes is True
    assert buckets.take(BUCKETS_MAX, rate_per_minute=1).passes is False
    assert len(buckets._held) == BUCKETS_MAX
