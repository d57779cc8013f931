"""Errors of the command, with its one sentence."""

from __future__ import annotations


class MipnetError(RuntimeError):
    """The command failed. The text is its one sentence; `exit_code` is what it ended with, if it ran."""

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type[MipnetError], tuple[str, int | None]]:
        # Joblib sends errors of other processes as pickles.
        return type(self), (str(self), self.exit_code)


class MipnetInputError(MipnetError, ValueError):
    """The input is at fault: a plan, rows, a network or an option (exit code 2)."""


class CommandNotFoundError(MipnetError):
    """There is no command `mipnet` on this machine."""
