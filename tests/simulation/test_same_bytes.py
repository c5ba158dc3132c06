"""The same arguments write the same bytes, whatever the time, the hash seed or the threads."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from regulars.science.simulation import SimulationOptions, simulate
from regulars.science.simulation.people import natures

OPTIONS = SimulationOptions(members=300, months=3, seed=5)
IN_A_PROCESS_OF_ITS_OWN = """
import pyarrow, sys
from pathlib import Path
from regulars.science.simulation import SimulationOptions, simulate
pyarrow.set_cpu_count(int(sys.argv[2]))
simulate(SimulationOptions(members=300, months=3, seed=5), Path(sys.argv[1]))
"""


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "truth/manifest.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    ("threads", "surroundings"),
    [
        ("1", {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "OMP_NUM_THREADS": "1"}),
        ("4", {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "4", "LANG": "C"}),
    ],
)
def test_another_process_writes_the_same_bytes(
    tmp_path: Path, threads: str, surroundings: dict[str, str]
) -> None:
    simulate(OPTIONS, tmp_path / "here")
    subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, str(tmp_path / "there"), threads],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **surroundings},
    )

    assert bytes_of(tmp_path / "here") == bytes_of(tmp_path / "there")


def test_the_manifest_knows_every_file(tmp_path: Path) -> None:
    simulate(OPTIONS, tmp_path / "out")
    files = bytes_of(tmp_path / "out")
    del files["truth/manifest.json"]
    manifest = manifest_of(tmp_path / "out")

    assert manifest["files"].keys() == files.keys()
    for name, content in files.items():
        assert manifest["files"][name]["sha256"] == hashlib.sha256(content).hexdigest(), name
        assert manifest["files"][name]["bytes"] == len(content), name
    assert manifest["arguments"]["members"] == 300
    assert manifest["arguments"]["until"] == "2025-07-01"


def test_another_seed_writes_other_people(tmp_path: Path) -> None:
    simulate(OPTIONS, tmp_path / "a")
    simulate(SimulationOptions(members=300, months=3, seed=6), tmp_path / "b")
    a, b = bytes_of(tmp_path / "a"), bytes_of(tmp_path / "b")

    assert a.keys() == b.keys()
    assert a["raw/crm/members.csv"] != b["raw/crm/members.csv"]
    assert a["truth/people.parquet"] != b["truth/people.parquet"]


def test_people_of_several_chunks_are_all_different(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(natures, "CHUNK_MEMBERS", 100)
    simulate(OPTIONS, tmp_path / "out")
    rows = (tmp_path / "out/raw/crm/members.csv").read_text("utf-8-sig").splitlines()[1:]
    cards = [row.split(",")[0] for row in rows]
    orders = [
        line.split(",")[:2]
        for path in (tmp_path / "out/raw/pos").glob("orders_*.csv")
        for line in path.read_text("gb18030").splitlines()[1:]
    ]

    assert len(cards) == len(set(cards)) > 200
    assert len(orders) == len({tuple(key) for key in orders}) > 500
    assert {order[0][:6] for order in orders} == {"P10000", "P10001", "P10002"}
