"""Shows what the command says: as a bar in notebooks and terminals, otherwise line by line."""

from __future__ import annotations

import re
import sys
import warnings
from typing import Any, Protocol

# `  3/45 MIPs | 12 s, 1 min to go | ...`: a count, a total, a unit, facts.
_counted = re.compile(r"^\s*(\d+)/(\d+) (\w+)(?:\s*\|\s*(.*))?$")


class Progress(Protocol):
    """Receives each line that the command writes to stderr."""

    def line(self, text: str) -> None:
        """Takes one line without its end."""

    def close(self) -> None:
        """Removes the bar."""


def progress_for(shown: bool) -> Progress:
    """Nothing if it is not to be shown; a bar in notebooks and terminals if tqdm is installed; lines otherwise."""
    if not shown:
        return _Silence()
    if not _is_interactive():
        return _Lines()
    try:
        with warnings.catch_warnings():
            # Without ipywidgets, the bar is text, which is good enough.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
    except ImportError:
        return _Lines()
    return _Bar(tqdm)


def _is_interactive() -> bool:
    if sys.stderr.isatty():
        return True
    # A program may load IPython, or start kernels, and be none.
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return hasattr(shell, "kernel")


class _Silence:
    def line(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class _Lines:
    def line(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        pass


class _Bar:
    """One bar per unit: a run counts MIPs, a verification decided questions."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._unit = ""

    def line(self, text: str) -> None:
        found = _counted.match(text)
        if found is None:
            self._tqdm.write(text, file=sys.stderr)
            return
        done, total, unit, facts = int(found[1]), int(found[2]), found[3], found[4] or ""
        if self._bar is None or unit != self._unit:
            self.close()
            self._unit = unit
            self._bar = self._tqdm(total=total, unit=f" {unit}", leave=True)
        self._bar.total = total
        self._bar.n = done
        self._bar.set_postfix_str(facts, refresh=False)
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
