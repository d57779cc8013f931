from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mipnet
from mipnet import MipnetInputError, TrainResult

from .conftest import species


def people(rows: int = 60) -> pd.DataFrame:
    """A table with texts, a missing value, and classes with a comma."""
    at = np.arange(rows)
    return pd.DataFrame(
        {
            "age": np.where(at == 7, np.nan, 20.0 + at % 40),
            "job": np.where(at % 3 == 0, "cook", np.where(at % 3 == 1, "smith, black", "baker")),
            "income": np.where((at % 3 == 0) | (at % 40 > 30), "high, very", "low"),
        }
    )


def test_trains_predicts_and_evaluates_an_array(flowers: TrainResult, iris: tuple[Any, Any], tmp_path: Path) -> None:
    X, names = iris[0], species[iris[1]]
    assert flowers.complete
    assert flowers.accuracy["test"] is not None and flowers.accuracy["test"] > 0.8
    assert flowers.objective is not None and flowers.bound is not None and flowers.objective >= flowers.bound - 1e-6
    assert flowers.network.classes.tolist() == ["setosa", "versicolor", "virginica"]
    assert flowers.network.plan is not None and "workLimit: 0" in flowers.network.plan

    predicted = mipnet.predict(flowers.save(tmp_path / "iris.onnx"), X)
    outputs = flowers.scores(X)
    assert outputs.shape == (150, 3) and outputs.dtype == np.float32
    assert (predicted == species[outputs.argmax(axis=1)]).all()

    figures = flowers.evaluate(X, names)
    assert figures.accuracy == np.mean(predicted == names)
    assert figures.confusion.sum() == 150
    assert "setosa" in figures._repr_html_()


def test_a_run_has_a_page(flowers: TrainResult, tmp_path: Path) -> None:
    page = flowers.report(tmp_path / "report.html")
    assert flowers.run in page.read_text()
    assert flowers.run in flowers._repr_html_() and "test" in repr(flowers)


def test_a_data_frame_has_names_texts_and_missing_values(quick_plan: dict[str, Any]) -> None:
    table = people()
    result = mipnet.train(table, "income", plan=quick_plan, slots=1, settings={"seed": 3}, progress=False)
    assert result.network.classes.tolist() == ["high, very", "low"]
    assert result.network.plan is not None and "seed: 3" in result.network.plan
    # The columns are found by name, and the class is not one of them.
    shuffled = table[["job", "age"]]
    predicted = result.predict(shuffled)
    assert np.mean(predicted == table["income"]) > 0.8
    # All rows of the training table are scored, not the test rows alone.
    figures = mipnet.evaluate(result, table, "income")
    assert figures.confusion.sum() == 60
    assert figures.accuracy == np.mean(predicted == table["income"])


def test_test_rows_may_be_given(quick_plan: dict[str, Any], iris: tuple[Any, Any]) -> None:
    X, y = iris
    odd = np.arange(150) % 2 == 1
    result = mipnet.train(X[~odd], y[~odd], test=(X[odd], y[odd]), plan=quick_plan, slots=1, progress=False)
    assert result.figures["dataset"]["test"] == 75
    assert result.accuracy["test"] == np.mean(result.predict(X[odd]) == y[odd])


def test_rows_get_verdicts(flowers: TrainResult, iris: tuple[Any, Any]) -> None:
    X, names = iris[0][45:55], species[iris[1][45:55]]
    verdicts = flowers.verify(X, 0.1, labels=names, progress=False)
    assert len(verdicts.verdicts) == 10 and set(verdicts.verdicts) <= {"robust", "adversarial", "misclassified"}
    assert verdicts.certified_accuracy == verdicts.verdicts.count("robust") / 10
    assert "epsilon 0.1" in verdicts._repr_html_()


def test_witnesses_are_near_and_get_another_class(flowers: TrainResult, iris: tuple[Any, Any]) -> None:
    X = iris[0]
    verdicts = mipnet.verify(flowers, X[:2], 8, progress=False)
    assert verdicts.verdicts == ["adversarial", "adversarial"]
    witness = verdicts.witness(0)
    assert witness is not None
    assert np.abs(witness.ravel() - X[0]).max() <= 8 + 1e-5
    classes = flowers.predict([witness.ravel(), X[0]])
    assert classes[0] != classes[1]
    with pytest.raises(MipnetInputError, match="labels has rose, which is no class of the network; it has setosa"):
        mipnet.verify(flowers, X[:1], 0.1, labels=["rose"])


def test_several_distances_give_a_curve(flowers: TrainResult, iris: tuple[Any, Any]) -> None:
    curve = mipnet.verify(flowers, iris[0][:2], [0.01, 8], progress=False)
    assert curve.curve == {0.01: 1.0, 8.0: 0.0}
    assert curve.robust_up_to == [0.01, 0.01]
    assert "100.00%" in curve._repr_html_()
    with pytest.raises(MipnetInputError, match="several distances"):
        _ = curve.verdicts


def test_faults_of_a_plan_are_one_sentence(iris: tuple[Any, Any]) -> None:
    with pytest.raises(MipnetInputError, match="bogus") as caught:
        mipnet.train(*iris, plan={"network": [{"dense": 1}], "bogus": 1}, progress=False)
    assert "\n" not in str(caught.value)
    with pytest.raises(MipnetInputError, match="a plan holds numbers, texts, lists and dicts"):
        mipnet.train(*iris, plan={"network": {1, 2}}, progress=False)


def test_other_files_are_no_network(tmp_path: Path) -> None:
    for content in (b"\xff" * 40, b"\x72\xff\x01", b"\x0f"):
        with pytest.raises(MipnetInputError, match=r"no (whole )?ONNX file"):
            _ = mipnet.Network(content).metadata
    with pytest.raises(MipnetInputError, match=r"none\.onnx: the network cannot be read"):
        mipnet.predict(tmp_path / "none.onnx", [[1]])
    with pytest.raises(MipnetInputError, match="not int"):
        mipnet.predict(7, [[1]])
