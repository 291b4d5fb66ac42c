"""Reads what a component is sent, as the browser does."""

import json
import math
from typing import Any

import numpy as np

from lrviz.ui.parcel import TYPES


def opened(payload: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header, and the arrays by name."""
    end = 4 + int.from_bytes(payload[:4], "little")
    header = json.loads(payload[4:end])
    begin = -(-end // 8) * 8
    assert payload[end:begin].strip(b"\0") == b""
    types = {name: type for type, name in TYPES.items()}
    arrays = {}
    for name, place in header["arrays"].items():
        type, at = np.dtype(f"<{types[place['type']]}"), begin + place["at"]
        assert place["at"] % 8 == 0
        arrays[name] = np.frombuffer(payload, type, math.prod(place["shape"]), at).reshape(place["shape"])
    return header, arrays
