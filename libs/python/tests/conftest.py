"""Tests run the real command of this checkout, with a folder of their own for its runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris

import mipnet

species = np.array(["setosa", "versicolor", "virginica"])
root = Path(__file__).resolve().parents[3]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nightly: takes minutes; runs if MIPNET_NIGHTLY is set")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("MIPNET_NIGHTLY"):
        return
    for item in items:
        if item.get_closest_marker("nightly"):
            item.add_marker(pytest.mark.skip(reason="nightly: ./mipnet test all python"))


@pytest.fixture(scope="session", autouse=True)
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The command of this checkout; results of earlier runs are not used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIPNET_COMMAND", os.environ.get("MIPNET_PYTHON_TEST_COMMAND", str(root / "mipnet")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def quick_plan() -> dict[str, Any]:
    """A linear network per pair of classes, from rounded relaxations: about two seconds."""
    return {
        "name": "quick",
        "network": [
            {"quantize": 64},
            {"dense": 1, "weights": "integer(127)", "activation": "clip", "low": -4, "high": 4},
        ],
        "objectives": [{"fit": {"loss": "hinge", "margin": 8, "sparsity": 0.5}}],
        "splits": ["pairs"],
        "solver": {"workLimit": 0},
    }


@pytest.fixture(scope="session")
def iris() -> tuple[Any, Any]:
    return load_iris(return_X_y=True)


@pytest.fixture
def fake_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes a shell script the command."""

    def make(script: str) -> Path:
        program = tmp_path / "fake-mipnet"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("MIPNET_COMMAND", str(program))
        return program

    return make


@pytest.fixture(scope="session")
def flowers(quick_plan: dict[str, Any], iris: tuple[Any, Any]) -> mipnet.TrainResult:
    """Trained on iris, whose classes have their names."""
    return mipnet.train(iris[0], species[iris[1]], plan=quick_plan, slots=1, progress=False)
