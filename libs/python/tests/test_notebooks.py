"""The notebooks of examples/notebooks, which run at night."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import root

notebooks = sorted((root / "examples" / "notebooks").glob("*.ipynb"))


def sources(notebook: Path) -> list[tuple[dict[str, Any], str]]:
    cells = json.loads(notebook.read_text())["cells"]
    return [(cell, "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.parametrize("notebook", notebooks, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(notebook: Path) -> None:
    for cell, source in sources(notebook):
        assert cell["outputs"] == [] and cell["execution_count"] is None
        ast.parse(source)


@pytest.mark.nightly
@pytest.mark.parametrize("notebook", notebooks, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook: Path, tmp_path: Path) -> None:
    import nbclient
    import nbformat

    read = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(read, timeout=1200, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in read.cells for output in cell.get("outputs", [])]
    assert any("text/html" in output.get("data", {}) for output in shown)


def test_there_is_a_notebook_per_tutorial() -> None:
    names = [notebook.stem for notebook in notebooks]
    assert names == ["certify-your-network", "first-network", "own-table", "proven-optimal"]
