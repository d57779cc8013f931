"""Rows and labels as files that the command reads: arrays as .npy, data frames as CSV with their column names."""

from __future__ import annotations

import csv
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import MipnetInputError


@dataclass(frozen=True)
class RowsFile:
    """A file of rows, and the keys of `dataset` in a plan that say how it is read."""

    path: Path
    keys: dict[str, Any] = field(default_factory=dict)


def write_rows(folder: Path, rows: Any, name: str = "rows") -> RowsFile:
    """
    Writes rows without labels.
    @param rows array of [rows, features], [images, rows, columns] or [images, channels, rows, columns]; or a data frame
    """
    if is_frame(rows):
        return _write_frame(folder / f"{name}.csv", rows)
    path = folder / f"{name}.npy"
    np.save(path, array_of(rows))
    return RowsFile(path)


def write_labelled(folder: Path, rows: Any, labels: Any, name: str = "rows", class_first: bool = False) -> RowsFile:
    """
    Writes rows with their labels.
    @param labels one per row; of a data frame also the name of its column
    @param class_first of a data frame: the column of the classes comes first, otherwise last
    """
    if is_frame(rows):
        return _write_frame(folder / f"{name}.csv", *_frame_and_labels(rows, labels), class_first)
    if labels is None or isinstance(labels, str):
        raise MipnetInputError("y is missing: give one label per row, or the column's name if X is a data frame")
    written = write_rows(folder, rows, name)
    path = folder / f"{name}-labels.npy"
    np.save(path, labels_of(labels))
    return RowsFile(written.path, {"labels": str(path)})


def write_archive(folder: Path, parts: dict[str, Any], name: str = "rows") -> RowsFile:
    """Writes arrays into one file: X and y, or X_train, y_train, X_test and y_test."""
    path = folder / f"{name}.npz"
    arrays = {key: labels_of(part) if key.startswith("y") else array_of(part) for key, part in parts.items()}
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return RowsFile(path)


def is_frame(rows: Any) -> bool:
    """Whether rows are a data frame of pandas."""
    return hasattr(rows, "to_csv") and hasattr(rows, "columns")


def array_of(rows: Any) -> NDArray[Any]:
    """Rows as an array of numbers that the command reads."""
    if hasattr(rows, "toarray") and hasattr(rows, "nnz"):
        raise MipnetInputError("X is sparse: give it dense, X.toarray()")
    array = np.asarray(rows)
    if array.dtype.kind == "O":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise MipnetInputError(
                f"X holds values that are not numbers ({error}): give a pandas.DataFrame, whose columns may be texts"
            ) from error
    if array.dtype.kind in "SU":
        raise MipnetInputError("X holds texts: give a pandas.DataFrame, whose columns may be texts")
    if array.dtype.kind not in "biuf":
        raise MipnetInputError(f"X holds {array.dtype}; rows are numbers")
    if array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8):
        array = array.astype(np.float64)
    return np.ascontiguousarray(array)


def labels_of(labels: Any) -> NDArray[Any]:
    """Labels as an array of numbers or texts, never of Python objects."""
    array = np.asarray(labels)
    if array.dtype.kind == "O":
        if all(isinstance(label, str) for label in array.flat):
            return array.astype(np.str_)
        with suppress(ValueError):
            array = np.array(array.tolist())
        if array.dtype.kind == "O":
            raise MipnetInputError("y holds values that are neither all texts nor all numbers: give one label per row")
    return np.ascontiguousarray(array)


def _frame_and_labels(rows: Any, labels: Any) -> tuple[Any, str]:
    if isinstance(labels, str):
        if labels not in list(rows.columns):
            raise MipnetInputError(f"X has no column {labels!r}; it has {', '.join(map(str, rows.columns))}")
        return rows, labels
    if labels is None:
        raise MipnetInputError("y is missing: give one label per row, or the name of the column of the classes")
    values = labels_of(labels)
    if values.shape[:1] != (len(rows),):
        raise MipnetInputError(f"X has {len(rows)} rows and y {values.shape[0] if values.ndim else 0} labels")
    name = str(getattr(labels, "name", None) or "class")
    while name in list(rows.columns):
        name += "_"
    return rows.assign(**{name: values.reshape(len(rows))}), name


def _write_frame(path: Path, frame: Any, label: str | None = None, class_first: bool = False) -> RowsFile:
    names = [str(name) for name in frame.columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise MipnetInputError(f"X has two columns {twice!r}: give each its own name")
    order = sorted(range(len(names)), key=lambda at: (names[at] == label) != class_first)
    frame = frame.iloc[:, order]
    frame.to_csv(path, index=False, header=[names[at] for at in order], encoding="utf-8", quoting=csv.QUOTE_NONNUMERIC)
    keys: dict[str, Any] = {"header": True, "delimiter": ",", "encoding": "utf-8", "decimal": "."}
    if label is not None:
        keys["class"] = label
        texts = [name for name, kind in zip(frame.columns, frame.dtypes, strict=True) if not _is_number(kind)]
        categorical = [str(name) for name in texts if str(name) != label]
        if categorical:
            keys["categorical"] = categorical
    return RowsFile(path, keys)


def _is_number(kind: Any) -> bool:
    return getattr(kind, "kind", "O") in "iuf"


def setting(key: str, value: Any) -> list[str]:
    """`--set key=value`, as JSON, which is YAML, too."""
    return ["--set", f"{key}={json.dumps(os.fspath(value) if isinstance(value, os.PathLike) else value)}"]
