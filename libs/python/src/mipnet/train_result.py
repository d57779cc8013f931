"""What a training gave: the network, and the figures that the command printed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .evaluate import EvaluateResult, evaluate
from .html import page_of_training
from .network_file import Network
from .predict import predict, scores
from .report import report
from .verify import verify
from .verify_result import VerifyResult


@dataclass(frozen=True, repr=False)
class TrainResult:
    """A trained network and the figures of its run."""

    #: the document of `mipnet train --json`
    figures: dict[str, Any]
    network: Network
    #: False: the run was stopped early, or parts of it failed
    complete: bool

    @property
    def run(self) -> str:
        """The id of the run, which `mipnet report` and `mipnet resume` take."""
        return str(self.figures["run"])

    @property
    def accuracy(self) -> dict[str, float | None]:
        """Fractions of the rows of `train`, `validation` and `test` that get their class; None without such rows."""
        return dict(self.figures["accuracy"])

    @property
    def objective(self) -> float | None:
        """The value that the MIPs minimised, all of them together."""
        return _number(self.figures["objective"])

    @property
    def bound(self) -> float | None:
        """No network of the plan has a smaller objective; None if that is not known."""
        return _number(self.figures["bound"])

    @property
    def gap(self) -> float | None:
        """Relative distance of objective and bound: 0 is proven optimal."""
        return _number(self.figures["gap"])

    def predict(self, X: Any) -> Any:
        """The label of each row."""
        return predict(self.network, X)

    def scores(self, X: Any) -> Any:
        """The outputs of the network, [rows, outputs], float32."""
        return scores(self.network, X)

    def evaluate(self, X: Any, y: Any) -> EvaluateResult:
        """Accuracy and other figures on rows with labels."""
        return evaluate(self.network, X, y)

    def verify(self, X: Any, epsilon: Any, **options: Any) -> VerifyResult:
        """Certified verdicts about rows; options as for `mipnet.verify`."""
        return verify(self.network, X, epsilon, **options)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the network's ONNX file and returns its path."""
        return self.network.save(path)

    def report(self, path: str | os.PathLike[str] | None = None, *, open_page: bool = False) -> Path:
        """
        Writes the page of `mipnet report` and returns its path: by default in mipnet's folder of runs. With
        `open_page`, a browser shows it.
        """
        return report(self.run, path, open_page=open_page)

    def __repr__(self) -> str:
        shown = ", ".join(f"{part} {value:.2%}" for part, value in self.accuracy.items() if value is not None)
        return f"<TrainResult {self.run}: accuracy {shown or 'unknown'}{'' if self.complete else ', incomplete'}>"

    def _repr_html_(self) -> str:
        return page_of_training(self.figures, self.complete)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
