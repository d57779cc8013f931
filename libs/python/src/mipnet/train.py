"""Trains a network by the command `mipnet train`."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .network_file import Network
from .options import Engine, Plan, plan_options, run_options
from .rows import RowsFile, is_frame, setting, write_archive, write_labelled
from .run_command import run_command
from .train_result import TrainResult


def train(
    X: Any = None,
    y: Any = None,
    *,
    plan: Plan | None = None,
    settings: Mapping[str, Any] | None = None,
    test: tuple[Any, Any] | None = None,
    name: str | None = None,
    seed: int | None = None,
    engine: Engine = "local",
    slots: int | None = None,
    solver: str | None = None,
    data: str | os.PathLike[str] | None = None,
    time_limit: float | None = None,
    progress: bool = True,
) -> TrainResult:
    """
    Trains a network and waits for it.

    Without a plan, one is chosen for the data by cross-validation. Without data, the plan names its own. A fifth of the
    rows is held out for the test, unless `test` gives other rows or `settings` say `{"dataset.testFraction": 0}`.
    Ctrl-C ends the run early and returns its best network.

    X: rows, as an array of [rows, features] or of images ([images, rows, columns], [images, channels, rows, columns]),
        or a pandas.DataFrame, whose columns may be texts and have missing values.
    y: one label per row; for a data frame also the name of its column.
    plan: a dict with the keys of a plan (docs/train.md), the path of a plan, or the name of a preset.
    settings: keys of the plan to change, such as `{"objectives.0.fit.margin": 8}`.
    test: rows and labels for the test.
    name: of the plan and the run.
    engine: "local" solves in one process of this machine; "temporal" is a server with workers.
    slots: MIPs solved at once; by default the cores of this machine.
    solver: "highs" or another one (docs/solvers.md).
    data: the folder that holds named data sets, such as mnist/.
    time_limit: seconds; the run then ends with its best network (`budget.wall`).
    progress: whether to show what the command says; in notebooks and terminals as a bar, if tqdm is installed.

    Raises MipnetInputError for faults of plan or data, MipnetError if the run failed, KeyboardInterrupt if Ctrl-C came
    before there was a network.
    """
    with tempfile.TemporaryDirectory(prefix="mipnet-") as temporary:
        folder = Path(temporary)
        out = folder / "network.onnx"
        rows = _written(folder, X, y, test)
        arguments = ["train", *_sources(plan, rows, folder)]
        keys = {f"dataset.{key}": value for key, value in ({} if rows is None else rows.keys).items()}
        given = {"name": name, "seed": seed, "budget.wall": time_limit}
        keys |= {key: value for key, value in given.items() if value is not None} | dict(settings or {})
        for key, value in keys.items():
            arguments += setting(key, value)
        arguments += run_options(engine, slots, solver, data)
        done = run_command([*arguments, "--json", "--out", str(out)], progress)
        return TrainResult(json.loads(done.stdout), Network.load(out), done.complete)


def _written(folder: Path, rows: Any, labels: Any, test: tuple[Any, Any] | None) -> RowsFile | None:
    if rows is None:
        return None
    if test is None:
        return write_labelled(folder, rows, labels)
    if not is_frame(rows):
        parts = {"X_train": rows, "y_train": labels, "X_test": test[0], "y_test": test[1]}
        return write_archive(folder, parts)
    train_part = write_labelled(folder, rows, labels)
    test_part = write_labelled(folder, *test, name="test")
    return RowsFile(train_part.path, {**train_part.keys, "test": str(test_part.path)})


def _sources(plan: Plan | None, rows: RowsFile | None, folder: Path) -> list[str]:
    """The plan, and in place of its data set the rows."""
    if plan is None:
        return [] if rows is None else [str(rows.path)]
    return [*plan_options(plan, folder), *([] if rows is None else setting("dataset.file", rows.path))]
