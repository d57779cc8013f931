from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mipnet import MipnetInputError
from mipnet.rows import array_of, labels_of, setting, write_labelled, write_rows


@pytest.mark.parametrize(
    "given",
    [
        np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1, 0, 2], [3, 0, 4]])[:, ::2],
        np.array([[1, 2], [3, 4]], dtype=object),
        np.array([[1, 2], [3, 4]], dtype=np.longdouble),
        np.array([[1, 2], [3, 4]], dtype=">f8"),
        [[1, 2], [3, 4]],
    ],
)
def test_numbers_in_any_form_become_a_plain_array(given: Any, tmp_path: Path) -> None:
    read = np.load(write_rows(tmp_path, given).path, allow_pickle=False)
    assert read.flags.c_contiguous
    assert read.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([["a", "b"]], "X holds texts: give a pandas.DataFrame"),
        (np.array([[object()]]), "X holds values that are not numbers"),
        ([[1j]], "X holds complex128; rows are numbers"),
    ],
)
def test_other_rows_are_refused(given: Any, sentence: str) -> None:
    with pytest.raises(MipnetInputError, match=sentence):
        array_of(given)


def test_labels_are_numbers_or_texts_never_objects() -> None:
    assert labels_of(np.array(["a", "bb"], dtype=object)).dtype == np.dtype("<U2")
    assert labels_of(pd.Series([1, 2])).tolist() == [1, 2]
    assert labels_of(np.array([1, 2], dtype=object)).dtype.kind == "i"
    with pytest.raises(MipnetInputError, match="neither all texts nor all numbers"):
        labels_of(np.array([None, {}], dtype=object))


def test_a_frame_travels_with_its_names(tmp_path: Path) -> None:
    frame = pd.DataFrame({"class": ["x", 'say "y", twice'], "age": [1.5, np.nan], 7: [1, 2]})
    written = write_labelled(tmp_path, frame, ["no", "yes"])
    with written.path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["class", "age", "7", "class_"],
            ["x", "1.5", "1", "no"],
            ['say "y", twice', "", "2", "yes"],
        ]
    assert written.keys["class"] == "class_"
    assert written.keys["categorical"] == ["class"]
    assert list(frame.columns) == ["class", "age", 7]


def test_the_class_of_a_frame_may_be_one_of_its_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": ["a", "b"], "size": [1, 2]})
    assert write_labelled(tmp_path, frame, "kind").path.read_text().splitlines()[0] == '"size","kind"'
    first = write_labelled(tmp_path, frame, "kind", class_first=True)
    assert first.path.read_text().splitlines()[0] == '"kind","size"'
    with pytest.raises(MipnetInputError, match="X has no column 'sort'; it has kind, size"):
        write_labelled(tmp_path, frame, "sort")


def test_faults_of_labels_are_said(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    with pytest.raises(MipnetInputError, match="X has 2 rows and y 3 labels"):
        write_labelled(tmp_path, frame, [1, 2, 3])
    with pytest.raises(MipnetInputError, match="y is missing"):
        write_labelled(tmp_path, [[1]], None)
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(MipnetInputError, match="two columns 'a'"):
        write_rows(tmp_path, twice)


def test_settings_are_yaml() -> None:
    assert setting("a", True) == ["--set", "a=true"]
    assert setting("a", ["x", 1]) == ["--set", 'a=["x", 1]']
    assert setting("a", "[x") == ["--set", 'a="[x"']
