"""Where upper rooms plug into identity: what they hold of two members must follow a merge.

Hooks run inside the ledger's transaction, for all merges of a load at once, and one that raises
takes the merge back. Only ``on_erasure_committed`` comes later: for what is made of the lake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Joined:
    """One member became part of another: event, the merged one, and the survivor."""

    event_id: int
    merged_id: str
    survivor_id: str


@dataclass(frozen=True, slots=True)
class Parted:
    """A merge was undone: the merge's event, the member that lives again, and the other."""

    event_id: int
    restored_id: str
    survivor_id: str


MergeHook = Callable[[Sequence[Joined]], None]
UnmergeHook = Callable[[Parted], None]
EraseHook = Callable[[str], None]
ErasureCommittedHook = Callable[[], None]

_merge_hooks: list[MergeHook] = []
_unmerge_hooks: list[UnmergeHook] = []
_erase_hooks: list[EraseHook] = []
_erasure_committed_hooks: list[ErasureCommittedHook] = []


def on_merge(hook: MergeHook) -> None:
    """Call ``hook`` with every group of merges; register it in ``AppConfig.ready``."""
    _merge_hooks.append(hook)


def on_unmerge(hook: UnmergeHook) -> None:
    """Call ``hook`` when a merge is undone."""
    _unmerge_hooks.append(hook)


def on_erase(hook: EraseHook) -> None:
    """Call ``hook`` with the id of a member who is erased."""
    _erase_hooks.append(hook)


def on_erasure_committed(hook: ErasureCommittedHook) -> None:
    """Call ``hook`` once neither ledger nor lake know an erased member any more.

    A crash before it loses the call. The hook therefore asks ``queries.erased_members`` for
    everybody who was ever erased, and whoever registers it calls it again at night.
    """
    _erasure_committed_hooks.append(hook)


def merged(joined: Sequence[Joined]) -> None:
    """Tell the upper rooms of merges."""
    for hook in _merge_hooks:
        hook(joined)


def unmerged(parted: Parted) -> None:
    """Tell the upper rooms that a merge was undone."""
    for hook in _unmerge_hooks:
        hook(parted)


def erased(member_id: str) -> None:
    """Tell the upper rooms that a member is erased."""
    for hook in _erase_hooks:
        hook(member_id)


def erasure_committed() -> None:
    """Tell the upper rooms that the lake's commit without an erased member stands."""
    for hook in _erasure_committed_hooks:
        hook()
