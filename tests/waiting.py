"""Waiting for what another thread or program does, without sleeping blindly."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

LOOK_EVERY_S = 0.002


def until(
    condition: Callable[[], object],
    what: str = "the condition",
    timeout_s: float = 20.0,
    *,
    program: subprocess.Popen | None = None,
) -> None:
    """Wait for a condition; fail when it does not come true in time, or `program` ends without it."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert program is None or program.poll() is None or condition(), f"{what}: {program.communicate()}"
        assert time.monotonic() < deadline, f"{what} did not come true within {timeout_s:.0f} s"
        time.sleep(LOOK_EVERY_S)
