"""Verdicts of a verification."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from .errors import MipnetInputError
from .html import page_of_curve, page_of_verdicts


@dataclass(frozen=True, repr=False)
class VerifyResult:
    """The verdict about each row, or with several distances a curve."""

    #: the document of `mipnet verify --json`
    figures: dict[str, Any]
    _witnesses: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def verdicts(self) -> list[str]:
        """`robust`, `adversarial`, `misclassified` or `unresolved`, a verdict per row."""
        if self.curve is not None:
            raise MipnetInputError("with several distances there is no one verdict per row: see curve and robust_up_to")
        return [str(result["verdict"]) for result in self.figures["results"]]

    @property
    def certified_accuracy(self) -> float | None:
        """Fraction of the rows that are proven robust; with several distances None, see `curve`."""
        return None if self.curve is not None else float(self.figures["totals"]["certifiedAccuracy"])

    @property
    def curve(self) -> dict[float, float] | None:
        """Certified accuracy by distance; None if only one distance was asked for."""
        if "epsilons" not in self.figures:
            return None
        return {float(each["epsilon"]): float(each["certifiedAccuracy"]) for each in self.figures["epsilons"]}

    @property
    def robust_up_to(self) -> list[float | None]:
        """With several distances: the largest one for which each row is proven robust."""
        found = [result.get("robustUpTo") for result in self.figures["results"]]
        return [None if each is None else float(each) for each in found]

    def witness(self, row: int) -> NDArray[Any] | None:
        """An input near this row that gets another class, as the network reads it; None if there is none."""
        result = self.figures["results"][row]
        file = result.get("witness")
        return None if file is None else self._witnesses.get(Path(file).stem)

    def __repr__(self) -> str:
        if self.curve is not None:
            shown = ", ".join(f"{epsilon:g}: {share:.1%}" for epsilon, share in self.curve.items())
            return f"<VerifyResult: certified accuracy {shown}>"
        counted = {name: self.verdicts.count(name) for name in dict.fromkeys(self.verdicts)}
        return f"<VerifyResult: {', '.join(f'{count} {name}' for name, count in counted.items())}>"

    def _repr_html_(self) -> str:
        return page_of_verdicts(self.figures) if self.curve is None else page_of_curve(self.figures)
