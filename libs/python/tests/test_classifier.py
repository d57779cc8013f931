from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mipnet import MipClassifier, MipnetInputError


def test_two_classes_of_any_label_have_one_score(quick_plan: dict[str, Any], iris: tuple[Any, Any]) -> None:
    X, y = iris[0][:100], np.where(iris[1][:100] == 0, 1.0, -2.0)
    fitted = MipClassifier(quick_plan, slots=1).fit(X, y)
    assert fitted.classes_.tolist() == [-2.0, 1.0]
    assert fitted.result_.figures["dataset"]["train"] == 100
    decision = fitted.decision_function(X)
    assert decision.shape == (100,)
    again = pickle.loads(pickle.dumps(fitted))
    assert (again.predict(X) == np.where(decision > 0, 1.0, -2.0)).all()
    assert again.score(X, y) == 1.0


def test_names_of_classes_travel_and_keep_their_place(quick_plan: dict[str, Any], iris: tuple[Any, Any]) -> None:
    X, y = iris
    labels = np.array(["b", "Z", "a"])[y]
    fitted = MipClassifier(quick_plan, slots=1).fit(X, labels)
    assert fitted.classes_.tolist() == ["Z", "a", "b"]
    assert sorted(fitted.result_.network.class_names) == ["Z", "a", "b"]
    decision = fitted.decision_function(X)
    assert decision.shape == (150, 3)
    assert np.mean(fitted.classes_[decision.argmax(axis=1)] == labels) > 0.9


def test_a_frame_of_texts_and_numbers(quick_plan: dict[str, Any]) -> None:
    at = np.arange(60)
    table = pd.DataFrame({"age": 20.0 + at, "job": np.array(["cook", "smith", "baker"])[at % 3]})
    labels = at % 3 == 0
    fitted = MipClassifier(quick_plan, slots=1).fit(table, labels)
    assert fitted.feature_names_in_.tolist() == ["age", "job"]
    assert fitted.predict(table).tolist() == labels.tolist()
    verdicts = fitted.verify(table[:3], {"age": 1, "job": "any"}, progress=False)
    assert verdicts.verdicts == ["adversarial"] * 3
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(table.rename(columns={"job": "trade"}))


@pytest.mark.nightly
def test_works_in_a_pipeline_and_a_grid_search(quick_plan: dict[str, Any], iris: tuple[Any, Any]) -> None:
    X, y = iris[0][::2], iris[1][::2]
    pipeline = make_pipeline(StandardScaler(), MipClassifier(quick_plan, slots=1))
    margins = [{"objectives.0.fit.margin": margin} for margin in (8, 64)]
    search = GridSearchCV(pipeline, {"mipclassifier__settings": margins}, cv=2).fit(X, y)
    assert search.best_score_ > 0.8
    assert len(search.cv_results_["params"]) == 2
    assert clone(search.best_estimator_)[-1].plan == quick_plan


def test_sentences_for_what_cannot_be_fitted(quick_plan: dict[str, Any]) -> None:
    with pytest.raises(MipnetInputError, match="y has one class, a; two are needed"):
        MipClassifier(quick_plan).fit([[1], [2]], ["a", "a"])
    with pytest.raises(MipnetInputError, match="tells its training rows apart"):
        MipClassifier(quick_plan).fit([[1], [1]], ["a", "b"])
