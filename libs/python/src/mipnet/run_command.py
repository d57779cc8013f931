"""Runs the command: its result, its errors, and Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import IO

from .errors import MipnetError, MipnetInputError
from .find_command import find_command
from .progress import Progress, progress_for

# The exit codes of the command, part of its contract.
_done, _bad_input, _incomplete = 0, 2, 3


@dataclass(frozen=True)
class Completed:
    """What a command printed."""

    stdout: str
    #: False: it was stopped early, or parts of it failed (exit code 3)
    complete: bool


def run_command(arguments: Sequence[str], progress: bool = False) -> Completed:
    """
    Runs `mipnet ARGUMENTS` to its end.

    The first Ctrl-C is passed on: a training then ends with its best network, which is returned. The second one ends
    the command at once. Raises KeyboardInterrupt if nothing was kept; MipnetInputError for exit code 2 and MipnetError
    for any other failure, with the sentence that the command printed.
    """
    shown = progress_for(progress)
    # In a session of its own it gets no Ctrl-C from the terminal, which would be the second one.
    process = subprocess.Popen(
        [*find_command(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        return _followed(process, shown)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        shown.close()


def _followed(process: subprocess.Popen[str], shown: Progress) -> Completed:
    assert process.stdout is not None and process.stderr is not None
    stdout: list[str] = []
    lines: SimpleQueue[str | None] = SimpleQueue()
    # Threads read, so that a Ctrl-C never falls into the middle of a read.
    readers = [
        threading.Thread(target=_read_all, args=(process.stdout, stdout), daemon=True),
        threading.Thread(target=_read_lines, args=(process.stderr, lines), daemon=True),
    ]
    for reader in readers:
        reader.start()
    last: deque[str] = deque(maxlen=20)
    interrupts = 0
    line: str | None = ""
    while True:
        try:
            line = lines.get()
            if line is None:
                process.wait()
                break
            last.append(line)
            shown.line(line)
        except KeyboardInterrupt:
            interrupts += 1
            process.send_signal(signal.SIGINT)
            if line is None:
                lines.put(None)
    for reader in readers:
        reader.join()
    if process.returncode in (_done, _incomplete):
        return Completed("".join(stdout), process.returncode == _done)
    if interrupts > 0:
        raise KeyboardInterrupt
    kind = MipnetInputError if process.returncode == _bad_input else MipnetError
    raise kind(_sentence_of(last, process.returncode), process.returncode)


def _read_all(stream: IO[str], into: list[str]) -> None:
    with stream:
        into.append(stream.read())


def _read_lines(stream: IO[str], into: SimpleQueue[str | None]) -> None:
    with stream:
        for line in stream:
            into.put(line.rstrip("\n"))
    into.put(None)


def _sentence_of(lines: Sequence[str], code: int) -> str:
    own = [line.removeprefix("mipnet: ") for line in lines if line.startswith("mipnet: ")]
    said = own or [line for line in lines if line.strip()]
    return said[-1] if said else f"the command ended with exit code {code} and said nothing"
