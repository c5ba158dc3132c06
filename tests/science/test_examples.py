"""The notebooks run from top to bottom, and are notebooks."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


def test_the_notebooks_are_all_here() -> None:
    assert [path.stem for path in EXAMPLES] == ["kpi", "lifecycle", "rfm"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = jupytext.read(path)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("code") >= 5
    names: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, str(path), "exec"), names)
    assert capsys.readouterr().out.count("\n") > 8
