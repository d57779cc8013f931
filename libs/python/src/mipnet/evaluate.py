"""Figures of a network on rows with labels, by the command `mipnet evaluate`."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .html import page_of_evaluation
from .network_file import network_of
from .rows import RowsFile, is_frame, setting, write_archive, write_labelled
from .run_command import run_command


@dataclass(frozen=True, repr=False)
class EvaluateResult:
    """Figures of a network on rows with labels."""

    #: the document of `mipnet evaluate --json`
    figures: dict[str, Any]

    @property
    def accuracy(self) -> float:
        """Fraction of the rows that get their class."""
        return float(self.figures["accuracy"]["test"])

    @property
    def balanced_accuracy(self) -> float:
        """Mean over the classes of the fraction of their rows that get it."""
        return float(self.figures["test"]["balancedAccuracy"])

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Rows per class (first axis) and predicted class (second axis)."""
        return np.array(self.figures["test"]["confusion"], dtype=np.int64)

    def __repr__(self) -> str:
        rows = self.figures["dataset"]["test"]
        return f"<EvaluateResult: {self.accuracy:.2%} of {rows} rows>"

    def _repr_html_(self) -> str:
        return page_of_evaluation(self.figures)


def evaluate(network: Any, X: Any, y: Any) -> EvaluateResult:
    """
    Accuracy, balanced accuracy, F1, AUC and confusion matrix on all rows of X.

    network: as for `predict`; it must name its classes, as networks of `train` do.
    X, y: as for `train`.
    """
    with tempfile.TemporaryDirectory(prefix="mipnet-") as temporary:
        folder = Path(temporary)
        file = network_of(network).save(folder / "network.onnx")
        rows = _written(folder, X, y)
        arguments = ["evaluate", str(file), "--file", str(rows.path), "--json"]
        for key, value in rows.keys.items():
            arguments += setting(f"dataset.{key}", value)
        return EvaluateResult(json.loads(run_command(arguments).stdout))


def _written(folder: Path, X: Any, y: Any) -> RowsFile:
    """
    A file whose rows are all scored. Never the bytes of the training file: of that one, the command takes the test rows
    of the run alone.
    """
    if is_frame(X):
        return write_labelled(folder, X, y, class_first=True)
    # Of an archive of images, the command scores the test part; of one of a table, all rows.
    parts = ("X_train", "y_train", "X_test", "y_test") if np.ndim(X) > 2 else ("X", "y")
    return write_archive(folder, {part: X if part.startswith("X") else y for part in parts})
