from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mipnet import CommandNotFoundError, find_command

# The package gives the name to its function.
module = sys.modules["mipnet.find_command"]


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command: not by the environment, on PATH, in this folder, or around the package."""
    monkeypatch.delenv("MIPNET_COMMAND")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    inner = tmp_path / "project" / "notebooks"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "site-packages" / "mipnet" / "find_command.py"))


def test_says_how_to_get_the_command() -> None:
    with pytest.raises(CommandNotFoundError, match=r"npm install mipnet.* MIPNET_COMMAND"):
        find_command()


def test_takes_the_environment_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "mipnet")
    node = program(tmp_path / "bin" / "node")
    monkeypatch.setenv("MIPNET_COMMAND", "node '/some where/main.js'")
    assert find_command() == [str(node), "/some where/main.js"]


def test_refuses_a_wrong_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIPNET_COMMAND", "/nowhere/mipnet")
    with pytest.raises(CommandNotFoundError, match="'/nowhere/mipnet'"):
        find_command()


def test_then_path(tmp_path: Path) -> None:
    program(tmp_path / "project" / "node_modules" / ".bin" / "mipnet")
    found = program(tmp_path / "bin" / "mipnet")
    assert find_command() == [str(found)]


def test_then_the_npm_package_above(tmp_path: Path) -> None:
    found = program(tmp_path / "project" / "node_modules" / ".bin" / "mipnet")
    assert find_command() == [str(found)]


def test_then_a_checkout_but_no_other_program_of_that_name(tmp_path: Path) -> None:
    found = program(tmp_path / "project" / "mipnet")
    with pytest.raises(CommandNotFoundError):
        find_command()
    (tmp_path / "project" / "apps" / "cli").mkdir(parents=True)
    assert find_command() == [str(found)]


def test_then_the_checkout_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "apps" / "cli").mkdir(parents=True)
    monkeypatch.setattr(module, "__file__", str(checkout / "libs" / "python" / "src" / "mipnet" / "find_command.py"))
    found = program(checkout / "mipnet")
    assert find_command() == [str(found)]
