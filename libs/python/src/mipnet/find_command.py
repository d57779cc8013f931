"""Finds the command that does the work."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from .errors import CommandNotFoundError


def find_command() -> list[str]:
    """
    The command as the first words of a command line. The first of these that exists:

    1. `MIPNET_COMMAND`, a command line such as `node /path/to/main.js`,
    2. `mipnet` on PATH,
    3. in the current folder or one above it: a checkout of mipnet, or the npm package (`node_modules/.bin`),
    4. the checkout that this package lies in.

    Raises CommandNotFoundError.
    """
    named = os.environ.get("MIPNET_COMMAND")
    if named:
        return _named_command(named)
    on_path = shutil.which("mipnet")
    if on_path is not None:
        return [on_path]
    for folder in _folders():
        for program in (folder / "mipnet", folder / "node_modules" / ".bin" / "mipnet"):
            if _is_program(program) and (program.parent != folder or (folder / "apps" / "cli").is_dir()):
                return [str(program)]
    raise CommandNotFoundError(
        "the command mipnet was not found: put it on PATH, install the npm package in this folder "
        "(npm install mipnet), or set MIPNET_COMMAND to its path"
    )


def _named_command(named: str) -> list[str]:
    words = [named] if Path(named).exists() else shlex.split(named)
    program = shutil.which(words[0]) if words else None
    if program is None:
        raise CommandNotFoundError(f"MIPNET_COMMAND is {named!r}, and there is no such program: correct it or unset it")
    return [program, *words[1:]]


def _folders() -> Iterator[Path]:
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        yield start
        yield from start.parents


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
