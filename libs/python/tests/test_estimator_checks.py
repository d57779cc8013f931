"""The conformance suite that scikit-learn ships. What trains often runs at night."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from mipnet import MipClassifier

# Checks that the estimator does not pass, each with its reason.
expected_failures: dict[str, str] = {}

# Each of these trains one to five networks, or asks for up to 42 predictions; a command takes one to three seconds.
nightly = {
    "check_classifier_data_not_an_array",
    "check_classifiers_classes",
    "check_classifiers_train",
    "check_dont_overwrite_parameters",
    "check_dtype_object",
    "check_estimators_dtypes",
    "check_estimators_fit_returns_self",
    "check_estimators_overwrite_params",
    "check_estimators_pickle",
    "check_f_contiguous_array_estimator",
    "check_fit_check_is_fitted",
    "check_fit_idempotent",
    "check_fit_score_takes_y",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_n_features_in",
    "check_pipeline_consistency",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_supervised_y_2d",
}

plan = {
    "network": [{"quantize": 64}, {"dense": 1, "weights": "integer(127)", "activation": "clip", "low": -4, "high": 4}],
    "objectives": [{"fit": {"loss": "hinge", "margin": 8, "sparsity": 0.5}}],
    "splits": ["pairs"],
    "solver": {"workLimit": 0},
}


def cases() -> list[Any]:
    found = []
    for estimator, check in estimator_checks_generator(MipClassifier(plan, slots=1)):
        name = check.func.__name__
        marks = [pytest.mark.nightly] if name in nightly else []
        if name in expected_failures:
            marks.append(pytest.mark.xfail(reason=expected_failures[name], strict=True))
        options = ",".join(f"{key}={value}" for key, value in check.keywords.items())
        found.append(pytest.param(estimator, check, marks=marks, id=f"{name}({options})"))
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("estimator", "check"), cases())
def test_check(estimator: MipClassifier, check: Callable[[MipClassifier], None]) -> None:
    check(estimator)


def test_every_name_is_a_check() -> None:
    names = {check.func.__name__ for _, check in estimator_checks_generator(MipClassifier())}
    assert nightly | set(expected_failures) <= names
