"""The page about a run, by the command `mipnet report`."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path

from .run_command import run_command


def report(run: str = "last", path: str | os.PathLike[str] | None = None, *, open_page: bool = False) -> Path:
    """
    Writes the page about a run that has ended. Returns its path.

    run: the id of a run, a unique beginning of it, or "last".
    path: of the page; by default it lies in mipnet's folder of runs.
    open_page: whether a browser shows it.
    """
    out = [] if path is None else ["--out", os.fspath(path)]
    page = Path(run_command(["report", run, *out]).stdout.strip()).resolve()
    if open_page:
        webbrowser.open(page.as_uri())
    return page
