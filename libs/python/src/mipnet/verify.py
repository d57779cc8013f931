"""Certified verdicts about rows, by the command `mipnet verify`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .errors import MipnetInputError
from .network_file import Network, network_of
from .options import Engine, run_options
from .rows import labels_of, write_rows
from .run_command import run_command
from .verify_result import VerifyResult

#: A distance; for a table also a text such as "0.1sd", or a dict from column to distance ("any": any category).
Epsilon: TypeAlias = float | str | Mapping[str, float | str]


def verify(
    network: Any,
    X: Any,
    epsilon: Epsilon | Sequence[float],
    *,
    labels: Any = None,
    norm: Literal["linf", "l1", "l2"] = "linf",
    goal: Literal["feasibility", "closest", "targeted"] = "feasibility",
    time_limit: float | None = None,
    engine: Engine = "local",
    slots: int | None = None,
    solver: str | None = None,
    options: Sequence[str] = (),
    progress: bool = True,
) -> VerifyResult:
    """
    Does every input within `epsilon` of a row get the row's class? A verdict per row: `robust` is proven, `adversarial`
    comes with a witness, `misclassified` says that the row itself gets another class, `unresolved` is not decided.

    network: as for `predict`. Any ONNX model with the operators of docs/operators.md, also of scikit-learn or PyTorch.
    X: rows, as for `predict`.
    epsilon: how far an input may move, in its own unit. A sequence of numbers gives a curve of certified accuracy.
    labels: the class of each row, as a label of the network or, if it names no classes, as a number from 0; by default
        the class that the network gives the row.
    norm: how distance is measured.
    goal: "feasibility": can another class win? "closest": how near? "targeted": can class (label + 5) mod 10 win by
        a fifth?
    time_limit: seconds per row; 120 by default.
    options: further options of `mipnet verify`, such as `["--mean", "0.5"]`.
    """
    with tempfile.TemporaryDirectory(prefix="mipnet-") as temporary:
        folder = Path(temporary)
        model = network_of(network)
        arguments = ["verify", str(model.save(folder / "network.onnx"))]
        arguments += ["--input", str(write_rows(folder, X).path), *_distance(epsilon), "--norm", norm, "--goal", goal]
        if labels is not None:
            np.save(folder / "labels.npy", _numbers_of(model, labels))
            arguments += ["--labels", str(folder / "labels.npy")]
        if time_limit is not None:
            arguments += ["--time-limit", f"{time_limit}s"]
        witnesses = folder / "witnesses"
        arguments += [*run_options(engine, slots, solver, None), *options, "--out", str(witnesses), "--json"]
        done = run_command(arguments, progress)
        return VerifyResult(json.loads(done.stdout), _arrays_in(witnesses))


def _distance(epsilon: Epsilon | Sequence[float]) -> list[str]:
    if isinstance(epsilon, Mapping):
        return ["--epsilon", ",".join(f"{column}={distance}" for column, distance in epsilon.items())]
    if isinstance(epsilon, str) or np.ndim(epsilon) == 0:
        return ["--epsilon", str(epsilon)]
    return ["--epsilons", ",".join(str(float(each)) for each in np.asarray(epsilon))]


def _numbers_of(model: Network, labels: Any) -> NDArray[np.int64]:
    classes = model.classes
    given = labels_of(labels)
    if len(classes) == 0:
        return given.astype(np.int64)
    if classes.dtype.kind in "SU":
        given = given.astype(np.str_)
    unknown = given[~np.isin(given, classes)]
    if unknown.size > 0:
        raise MipnetInputError(
            f"labels has {unknown[0]!s}, which is no class of the network; it has {_listed(classes)}"
        )
    order = np.argsort(classes)
    return order[np.searchsorted(classes, given, sorter=order)].astype(np.int64)


def _listed(classes: NDArray[Any]) -> str:
    return ", ".join(map(str, classes[:10])) + (" and others" if len(classes) > 10 else "")


def _arrays_in(folder: Path) -> dict[str, NDArray[Any]]:
    """Witnesses by the name of their file."""
    return {file.stem: np.load(file, allow_pickle=False) for file in folder.glob("*.npy")} if folder.is_dir() else {}
