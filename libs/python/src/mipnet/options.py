"""Options that several commands share."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from .errors import MipnetInputError

Engine: TypeAlias = Literal["auto", "local", "temporal"]
#: A plan: its keys, the path of its file, or the name of a preset.
Plan: TypeAlias = Mapping[str, Any] | str | os.PathLike[str]

# Keys of a plan that are paths, which are relative to the current folder if the plan is a dict.
_paths = (("start",), ("dataset", "file"), ("dataset", "test"), ("dataset", "labels"), ("dataset", "indices"))


def run_options(
    engine: Engine, slots: int | None, solver: str | None, data: str | os.PathLike[str] | None
) -> list[str]:
    """What drives a run, how many MIPs it solves at once, by which solver, and the folder of data sets."""
    options = ["--engine", engine]
    for name, value in (("--slots", slots), ("--solver", solver), ("--data", data)):
        if value is not None:
            options += [name, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
    return options


def plan_options(plan: Plan, folder: Path) -> list[str]:
    """The plan as arguments: `PLAN.json`, `PLAN.yaml` or `--preset NAME`."""
    if isinstance(plan, Mapping):
        file = folder / "plan.json"
        try:
            file.write_text(json.dumps(_with_whole_paths(plan)), encoding="utf-8")
        except TypeError as error:
            raise MipnetInputError(f"plan: {error}; a plan holds numbers, texts, lists and dicts") from error
        return [str(file)]
    if isinstance(plan, str) and not plan.endswith((".yaml", ".yml", ".json")):
        return ["--preset", plan]
    return [os.fspath(plan)]


def _with_whole_paths(plan: Mapping[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {key: dict(part) if isinstance(part, Mapping) else part for key, part in plan.items()}
    for *parents, key in _paths:
        within: Any = whole
        for parent in parents:
            within = within.get(parent, {})
        if isinstance(within, dict) and isinstance(within.get(key), str) and "://" not in within[key]:
            within[key] = os.path.abspath(within[key])
    return whole
