"""Answers that one process remembers, so that a page asks the lake each question once.

The lake only changes by commits, so an answer holds until the commit's sequence changes: the
sequence is part of every key, and nothing ever has to be thrown away because it went stale.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

ANSWERS_MAX = 512
Value = TypeVar("Value")

_answers: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()


def remembered(key: Hashable, question: str, ask: Callable[[], Value]) -> Value:
    """Return the answer to ``question`` under ``key``; ``ask`` the first time only.

    Two threads may ask the same question at the same time; both get a right answer.
    """
    place = (key, question)
    with _lock:
        if place in _answers:
            _answers.move_to_end(place)
            return cast("Value", _answers[place])
    answer = ask()
    with _lock:
        _answers[place] = answer
        while len(_answers) > ANSWERS_MAX:
            _answers.popitem(last=False)
    return answer


def forget() -> None:
    """Forget every answer; tests start afresh with it."""
    with _lock:
        _answers.clear()
