"""
Train and certify neural networks by mixed-integer programming.

A client of the command `mipnet`: arrays travel as .npy files, results as JSON. docs/python.md shows how to use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import CommandNotFoundError, MipnetError, MipnetInputError
from .evaluate import EvaluateResult, evaluate
from .find_command import find_command
from .network_file import Network
from .predict import predict, scores
from .report import report
from .train import train
from .train_result import TrainResult
from .verify import verify
from .verify_result import VerifyResult

if TYPE_CHECKING:
    from .classifier import MipClassifier

__all__ = [
    "CommandNotFoundError",
    "EvaluateResult",
    "MipClassifier",
    "MipnetError",
    "MipnetInputError",
    "Network",
    "TrainResult",
    "VerifyResult",
    "evaluate",
    "find_command",
    "predict",
    "report",
    "scores",
    "train",
    "verify",
]


def __getattr__(name: str) -> Any:
    """The estimator is loaded when it is asked for: scikit-learn is optional."""
    if name != "MipClassifier":
        raise AttributeError(f"module 'mipnet' has no attribute {name!r}")
    try:
        from .classifier import MipClassifier
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("sklearn"):
            raise
        raise ModuleNotFoundError("MipClassifier needs scikit-learn: pip install 'mipnet[sklearn]'") from error
    return MipClassifier
