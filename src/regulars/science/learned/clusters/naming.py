"""What a group is called: after what sets it apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from regulars.science.learned.clusters.scale import Floats

_PARTS_MAX = 2
# So many deviations from everybody's mean are worth a word.
_APART_MIN = 0.35
_PLAIN = ("like most members", "与多数会员相当")


def named(
    centres: Floats, names: tuple[str, ...], labels: Mapping[str, tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the English and the Chinese name of each centre (in standard deviations).

    A name has the one or two columns that differ most from everybody, such as "high net amount, low
    days since the last order". Two groups with the same words are told apart by the next column,
    as long as there is one, and at last by a number.
    """
    found: list[tuple[str, str]] = []
    for centre in centres:
        order = [int(place) for place in np.argsort(-np.abs(centre), kind="stable")]
        for parts in range(min(_PARTS_MAX, len(names)), len(names) + 1):
            name = _words(centre, order[:parts], names, labels)
            if name not in found:
                break
        while name in found:
            name = (f"{name[0]}, once more", f"{name[1]}（另一群）")
        found.append(name)
    return found


def _words(
    centre: Floats, places: list[int], names: tuple[str, ...], labels: Mapping[str, tuple[str, str]]
) -> tuple[str, str]:
    english, chinese = [], []
    for place in places:
        value = float(centre[place])
        if abs(value) < _APART_MIN:
            continue
        label = labels.get(names[place], (names[place], names[place]))
        english.append(f"{'high' if value > 0 else 'low'} {label[0]}")
        chinese.append(f"{label[1]}{'高' if value > 0 else '低'}")
    return (", ".join(english), "、".join(chinese)) if english else _PLAIN
