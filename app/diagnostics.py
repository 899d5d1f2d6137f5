"""What a developer would ask for when something went wrong elsewhere."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

from ..sources import StreamInfo, kinds
from .engine import Engine


def diagnostics(engine: Engine) -> str:
    """Return what a developer would ask for: versions, machine, states, log. No sample and no subject in it."""
    libraries = ("numpy", "dearpygui", "pylsl", "brainflow", "zarr", "numba", "tsdownsample")
    lines = [f"myoscope {version('myoscope')}", f"Python {sys.version}", platform.platform()]
    lines += [f"{name} {version(name)}" for name in libraries]
    lines += [f"source kind {name}: {cls.__module__}.{cls.__name__}" for name, cls in kinds().items()]
    lines += [f"{s.name}: {s.source_name} {describe_info(s.info)} {s.health}" for s in engine.snapshot().streams]
    lines += [f"{line.t:.3f} {line.level:>4} {line.text} ×{line.times}" for line in engine.log.lines]
    return "\n".join(lines) + "\n"


def describe_info(info: StreamInfo | None) -> str:
    """Return a stream's facts on one line."""
    return "not connected" if info is None else f"{info.n_channels} ch, {info.fs:g} Hz, {info.dtype}, {info.unit}"
