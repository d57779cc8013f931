"""The blocks of docs/python.md, run one after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import root

page = root / "docs" / "python.md"


def test_every_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)
    assert names["figures"].accuracy > 0.9
    assert len(names["verdicts"].verdicts) == 15
    assert names["classifier"].score(names["X"], names["y"]) > 0.9
