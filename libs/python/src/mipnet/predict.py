"""Applies a network to rows by the command `mipnet predict`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .network_file import network_of
from .rows import write_rows
from .run_command import run_command


def predict(network: Any, X: Any) -> NDArray[Any]:
    """
    The label of each row: a whole number if all class names are whole numbers, otherwise a text. A network that names
    no classes gives the number of the largest output.

    network: a result of `train`, a Network, the path or the bytes of an ONNX file, or a model of the package onnx.
    X: rows like those that the network was trained on; columns of a data frame are found by name.
    """
    numbers = class_numbers(network, X)
    classes = network_of(network).classes
    return classes[numbers] if len(classes) > 0 else numbers


def class_numbers(network: Any, X: Any) -> NDArray[np.int64]:
    """The number of the class of each row, int64, counted from 0."""
    return _applied(network, X, [])


def scores(network: Any, X: Any) -> NDArray[np.float32]:
    """The outputs of the network, [rows, outputs], float32."""
    return _applied(network, X, ["--scores"])


def _applied(network: Any, X: Any, options: list[str]) -> NDArray[Any]:
    with tempfile.TemporaryDirectory(prefix="mipnet-") as temporary:
        folder = Path(temporary)
        file = network_of(network).save(folder / "network.onnx")
        rows = write_rows(folder, X).path
        out = folder / "out.npy"
        run_command(["predict", str(file), str(rows), "--out", str(out), *options])
        result: NDArray[Any] = np.load(out, allow_pickle=False)
        return result
