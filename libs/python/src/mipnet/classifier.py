"""A classifier for scikit-learn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from .errors import MipnetError, MipnetInputError
from .network_file import Network
from .options import Engine, Plan
from .predict import scores
from .rows import is_frame
from .train import train
from .verify import verify
from .verify_result import VerifyResult

# Texts that the command keeps as they are: no number, and no marker of a missing value.
_plain_name = re.compile(r"(?!(na|nan|null|none|n/a|inf|infinity|e)$)[a-z][a-z0-9_ /.-]*", re.IGNORECASE)


class MipClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """
    A network that is trained by mixed-integer programming on all rows that `fit` gets.

    Parameters
    ----------
    plan : dict, path or name of a preset, default=None
        How to train (docs/train.md). None: a plan is chosen by cross-validation on the training rows.
    settings : dict, default=None
        Keys of the plan to change, such as `{"objectives.0.fit.margin": 8}`.
    engine : {"local", "temporal", "auto"}, default="local"
        Where the MIPs are solved: in a process of this machine, or by workers of a Temporal server.
    slots : int, default=None
        MIPs solved at once; None: the cores of this machine.
    solver : str, default=None
        "highs" or another one (docs/solvers.md).
    seed : int, default=0
        Of all random choices.
    time_limit : float, default=None
        Seconds; the training then ends with its best network.
    progress : bool, default=False
        Whether to show what the command says.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    n_features_in_ : int
    feature_names_in_ : array of shape (n_features_in_,), if `fit` got a data frame with names
    result_ : TrainResult
        The network, and the figures of the run.
    """

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        settings: Mapping[str, Any] | None = None,
        engine: Engine = "local",
        slots: int | None = None,
        solver: str | None = None,
        seed: int = 0,
        time_limit: float | None = None,
        progress: bool = False,
    ) -> None:
        self.plan = plan
        self.settings = settings
        self.engine = engine
        self.slots = slots
        self.solver = solver
        self.seed = seed
        self.time_limit = time_limit
        self.progress = progress

    def fit(self, X: Any, y: Any) -> MipClassifier:
        """Trains on all rows. A data frame may have columns of texts and missing values."""
        self._takes_frames = is_frame(X)
        rows = self._rows(X, reset=True)
        if y is None:
            raise MipnetInputError("requires y to be passed, but the target y is None")
        labels = column_or_1d(y, warn=True)
        check_classification_targets(labels)
        if len(labels) != len(rows):
            raise MipnetInputError(
                f"X has {len(rows)} rows and y {len(labels)} labels: inconsistent numbers of samples"
            )
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise MipnetInputError(f"y has one class, {self.classes_[0]!s}; two are needed")
        names = _names_of(self.classes_)
        self.result_ = train(
            rows,
            names[codes],
            plan=self.plan,
            settings={"dataset.testFraction": 0, "dataset.validationPerClass": 0, **(self.settings or {})},
            engine=self.engine,
            slots=self.slots,
            solver=self.solver,
            seed=self.seed,
            time_limit=self.time_limit,
            progress=self.progress,
        )
        self._class_of_output = _order(self.result_.network, names)
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """
        Scores of shape [rows, classes]; with two classes of shape [rows], and above 0 for the second one.
        """
        check_is_fitted(self)
        network = self.result_.network
        outputs = scores(network, self._rows(X, reset=False)).astype(np.float64)
        if outputs.shape[1] == 1:
            # From the threshold on, it is the second class.
            above = outputs[:, 0] - (network.threshold or 0.0)
            decision: NDArray[np.float64] = np.where(above == 0, np.nextafter(0, 1), above)
            return decision if self._class_of_output[0] == 0 else -decision
        own = np.empty_like(outputs)
        own[:, self._class_of_output] = outputs
        return own[:, 1] - own[:, 0] if own.shape[1] == 2 else own

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of each row."""
        decision = self.decision_function(X)
        chosen = (decision > 0).astype(np.int64) if decision.ndim == 1 else decision.argmax(axis=1)
        labels: NDArray[Any] = self.classes_[chosen]
        return labels

    def verify(self, X: Any, epsilon: Any, **options: Any) -> VerifyResult:
        """Certified verdicts about rows; options as for `mipnet.verify`, without labels."""
        check_is_fitted(self)
        return verify(self.result_.network, self._rows(X, reset=False), epsilon, **options)

    def _rows(self, X: Any, reset: bool) -> Any:
        """Rows as training got them: a data frame if that was one, otherwise an array."""
        if is_frame(X) and not _is_all_numbers(X):
            validate_data(self, X, reset=reset, skip_check_array=True)
            if len(X) == 0:
                raise MipnetInputError("X has 0 rows (0 sample(s)); a minimum of 1 is required")
            return X
        array = validate_data(self, X, reset=reset, dtype="numeric", ensure_all_finite="allow-nan")
        if not self._takes_frames:
            return array
        import pandas

        return pandas.DataFrame(array, columns=getattr(self, "feature_names_in_", None))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _is_all_numbers(frame: Any) -> bool:
    return all(getattr(kind, "kind", "O") in "iufb" for kind in frame.dtypes)


def _names_of(classes: NDArray[Any]) -> NDArray[Any]:
    """Labels as the command names them: whole numbers and plain texts as they are, others by their position."""
    if classes.dtype.kind in "iu":
        return classes
    if all(isinstance(label, str) and _plain_name.fullmatch(label) for label in classes):
        return classes.astype(np.str_)
    return np.arange(len(classes))


def _order(network: Network, names: NDArray[Any]) -> list[int]:
    """The position in `classes_` of each class of the network."""
    positions = {str(name): at for at, name in enumerate(names)}
    order = [positions.get(name, -1) for name in network.class_names]
    if sorted(order) != list(range(len(names))):
        raise MipnetError(f"the network has the classes {network.class_names}, and the labels are {list(positions)}")
    return order
