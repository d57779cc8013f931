from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mipnet import MipnetError, MipnetInputError
from mipnet.run_command import run_command


def test_returns_what_was_printed_and_whether_it_is_complete(fake_command: Callable[[str], Path]) -> None:
    fake_command("echo said >&2; echo '{}'")
    assert run_command([]).stdout == "{}\n"
    assert run_command([]).complete
    fake_command("echo '{}'; exit 3")
    assert not run_command([]).complete


def test_bad_input_is_a_value_error_with_the_sentence(fake_command: Callable[[str], Path]) -> None:
    fake_command("echo reading >&2; echo 'mipnet: seed is -1; it has to be positive' >&2; exit 2")
    with pytest.raises(ValueError, match=r"^seed is -1; it has to be positive$") as caught:
        run_command([])
    assert isinstance(caught.value, MipnetInputError)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.exit_code) == (str(caught.value), 2)


def test_another_failure_is_no_value_error(fake_command: Callable[[str], Path]) -> None:
    fake_command("exit 1")
    with pytest.raises(MipnetError, match="exit code 1 and said nothing") as caught:
        run_command([])
    assert not isinstance(caught.value, ValueError)


def test_much_output_on_both_streams_is_no_deadlock(fake_command: Callable[[str], Path]) -> None:
    fake_command("for i in 1 2 3; do head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero >&2; done")
    assert len(run_command([]).stdout) == 900_000


def test_shows_progress_as_lines_or_as_a_bar(
    fake_command: Callable[[str], Path], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_command("echo 'training x' >&2; echo '  3/45 MIPs | 12 s, 1 min to go' >&2")
    run_command([], progress=True)
    assert capfd.readouterr().err == "training x\n  3/45 MIPs | 12 s, 1 min to go\n"
    monkeypatch.setattr("mipnet.progress._is_interactive", lambda: True)
    run_command([], progress=True)
    bar = capfd.readouterr().err
    assert "training x" in bar and "3/45" in bar and "12 s, 1 min to go" in bar and "%|" in bar
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    run_command([], progress=True)
    assert capfd.readouterr().err == "training x\n  3/45 MIPs | 12 s, 1 min to go\n"
    run_command([])
    assert capfd.readouterr().err == ""


long_training = """
import json, sys, mipnet
plan = {
    "dataset": {"name": "digits", "perClass": 300},
    "network": [{"dense": 1, "weights": "ternary", "activation": "sign"}],
    "splits": ["pairs"],
}
result = mipnet.train(plan=plan, slots=1)
print(json.dumps([result.complete, len(result.network.onnx), result.figures["subproblems"]["total"]]))
"""


def test_ctrl_c_keeps_the_best_network() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", long_training],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    with process:
        assert process.stderr is not None and process.stdout is not None
        for text in process.stderr:
            # The second count comes five seconds after the first; a pair takes less.
            if "MIPs" in text and " 0/45" not in text:
                process.send_signal(signal.SIGINT)
                break
        said = process.stderr.read()
        printed = process.stdout.read()
    assert process.returncode == 0, said
    complete, size, total = json.loads(printed)
    assert (complete, total) == (False, 45)
    assert size > 1000


class Interrupting:
    """Presses Ctrl-C at the first line."""

    def line(self, text: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def close(self) -> None:
        pass


def test_ctrl_c_before_there_is_a_network_is_one(
    fake_command: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mipnet.run_command.progress_for", lambda shown: Interrupting())
    fake_command("trap 'exit 1' INT; echo ready >&2; while :; do sleep 0.05; done")
    with pytest.raises(KeyboardInterrupt):
        run_command([])
