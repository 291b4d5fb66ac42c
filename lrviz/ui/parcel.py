"""What a component is sent, as bytes: a header, and arrays of numbers that need no parsing.

Four bytes with the length of the header, the header as JSON, zeros up to a multiple of eight, and then the arrays, each
from a multiple of eight on; everything is little-endian. The header's "arrays" says of each array where it begins after
the header, its type and its shape.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 8
TYPES = {"f8": "Float64Array", "f4": "Float32Array", "i4": "Int32Array", "u2": "Uint16Array", "u1": "Uint8Array"}
"""NumPy's types, by the names that the browser has for them."""


def pack(header: Mapping[str, Any], **arrays: NDArray[Any]) -> bytes:
    """The bytes; KeyError for an array of a type that the browser has no name for."""
    told, parts, size = {}, [], 0
    for name, array in arrays.items():
        flat = np.ascontiguousarray(array)
        told[name] = {"at": size, "type": TYPES[flat.dtype.str[1:]], "shape": flat.shape}
        parts.append(padded(flat.astype(flat.dtype.newbyteorder("<"), copy=False).tobytes()))
        size += len(parts[-1])
    text = json.dumps({**header, "arrays": told}, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return b"".join([padded(struct.pack("<I", len(text)) + text), *parts])


def padded(part: bytes) -> bytes:
    """With zeros up to a multiple of eight."""
    return part + b"\0" * (-len(part) % ALIGNMENT)
