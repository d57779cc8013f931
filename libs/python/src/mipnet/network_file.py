"""A trained network: the bytes of its ONNX file, and what the file says about itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import MipnetInputError

# Fields of ModelProto and StringStringEntryProto in onnx.proto.
_metadata_props, _key, _value = 14, 1, 2


@dataclass(frozen=True)
class Network:
    """The bytes of an ONNX file."""

    onnx: bytes

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Network:
        """Reads an ONNX file."""
        return Network(Path(path).read_bytes())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the ONNX file and returns its path."""
        file = Path(path)
        file.write_bytes(self.onnx)
        return file

    @cached_property
    def metadata(self) -> dict[str, str]:
        """What the file says of itself: docs/network-file.md lists the keys."""
        pairs: dict[str, str] = {}
        for field, content in _fields(self.onnx):
            if field == _metadata_props and isinstance(content, bytes):
                entry = {number: part for number, part in _fields(content) if isinstance(part, bytes)}
                pairs[entry.get(_key, b"").decode()] = entry.get(_value, b"").decode()
        return pairs

    @property
    def class_names(self) -> list[str]:
        """In the order of the outputs; empty if the file names none."""
        listed = self.metadata.get("mipnet.classes")
        if listed is not None:
            return [str(name) for name in json.loads(listed)]
        names = self.metadata.get("classes", "")
        return names.split(",") if names else []

    @property
    def classes(self) -> NDArray[Any]:
        """The class names as labels: whole numbers if all of them are, otherwise texts."""
        names = self.class_names
        if names and all(str(_whole(name)) == name for name in names):
            return np.array([int(name) for name in names])
        return np.array(names, dtype=np.str_)

    @property
    def threshold(self) -> float | None:
        """Of a network of one output: it means the second class from this score on."""
        text = self.metadata.get("mipnet.threshold")
        return None if text is None else float(text)

    @property
    def plan(self) -> str | None:
        """The plan that it was trained by, as YAML with every default written out."""
        return self.metadata.get("mipnet.plan")


def network_of(given: Any) -> Network:
    """
    A network from what people have: a Network, a result of `train`, the path of an ONNX file, its bytes, or a model of
    the package onnx.
    """
    if isinstance(given, Network):
        return given
    inner = getattr(given, "network", None)
    if isinstance(inner, Network):
        return inner
    if isinstance(given, bytes):
        return Network(given)
    if isinstance(given, str | os.PathLike):
        try:
            return Network.load(given)
        except OSError as error:
            raise MipnetInputError(f"{given}: the network cannot be read ({error.strerror})") from error
    if hasattr(given, "SerializeToString"):
        return Network(bytes(given.SerializeToString()))
    raise MipnetInputError(f"a network is a path, bytes, or a result of mipnet.train, not {type(given).__name__}")


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message of Protocol Buffers: number and content."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = _varint(message, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise MipnetInputError("the network is no ONNX file: it cannot be read as Protocol Buffers")
        if at + size > len(message):
            raise MipnetInputError("the network is no whole ONNX file: it ends in the middle of a field")
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        value |= (message[at] & 127) << shift
        at += 1
        if message[at - 1] < 128:
            return value, at
    raise MipnetInputError("the network is no whole ONNX file: it ends in the middle of a number")
