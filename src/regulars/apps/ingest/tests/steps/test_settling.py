"""A load is seen first; the merges it led to are followed after it, also after a failure."""

from __future__ import annotations

import pytest
from django.conf import settings

from regulars.apps.ingest.models import LoadRun
from regulars.apps.ingest.tests.shop import Shop, StandIn
from regulars.apps.ingest.types import RunState
from regulars.base.errors import LakeError
from regulars.lake import Lake, Transaction


class Recorder(StandIn):
    """A stand-in whose merges wait until they are published, and who says what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.waits = True

    def publish_news(self, transaction: Transaction) -> None:
        """Write nothing."""
        self.asked.append("news")

    def merges_wait(self) -> bool:
        """Whether nothing was published yet."""
        return self.waits

    def publish(self, transaction: Transaction) -> None:
        """Publish what waits; the load's own rows are seen by then."""
        with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
            orders = snapshot.table("orders").count().to_pyarrow().as_py()
        self.asked.append(f"everything, {orders} orders seen")
        self.waits = False

    def announce(self, transaction: Transaction) -> None:
        """Write nothing."""
        self.asked.append("members")


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    from regulars.apps.ingest import hooks

    found = Recorder()
    monkeypatch.setattr(hooks, "_resolver", found)
    return found


def test_the_load_is_seen_before_its_merges_are_followed(shop: Shop, recorder: Recorder) -> None:
    steps: list[str] = []
    report = shop.load_lines({}, on_progress=lambda step, *_: steps.append(step))
    assert recorder.asked == ["news", "everything, 1 orders seen"]
    assert (report.lake_sequence, steps[-1]) == (1, "settling")
    recorder.asked.clear()
    shop.load_lines({"order": "o2"})
    assert recorder.asked == ["news"]  # nothing waits


def test_one_of_many_loads_leaves_it_to_the_last(shop: Shop, recorder: Recorder) -> None:
    shop.load_lines({}, settle=False)
    assert recorder.asked == ["members"]
    shop.load_lines({}, dry_run=True)
    assert recorder.asked == ["members"]


def test_merges_that_could_not_be_followed_are_followed_next_time(
    shop: Shop, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Transaction) -> None:
        raise LakeError("the disk is full", where="here")

    with monkeypatch.context() as full:
        full.setattr(recorder, "publish", fails)
        with pytest.raises(LakeError, match="disk is full"):
            shop.load_lines({})
    assert shop.sequence == 1
    assert [run.state for run in LoadRun.objects.all()] == [RunState.DONE]
    recorder.asked.clear()
    assert shop.load_lines({}).state is RunState.UNCHANGED
    assert recorder.asked == ["everything, 1 orders seen"]
