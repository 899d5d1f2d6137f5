"""A screen of one's own where there is none: Xvfb, for demonstrations and screenshots."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import AppError

START_WITHIN_S = 20.0


@contextmanager
def virtual_display(width: int, height: int) -> Iterator[str]:
    """Run Xvfb for as long as the block lasts; ``DISPLAY`` points at it meanwhile.

    Raises
    ------
    AppError
        When Xvfb is not installed or does not start.
    """
    program = shutil.which("Xvfb")
    if program is None:
        raise AppError("No display, and no Xvfb to make one. Install it: apt install xvfb libgl1 libgl1-mesa-dri.")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    before = os.environ.get("DISPLAY")
    try:
        with os.fdopen(reading) as pipe:
            ready, _, _ = select.select([pipe], [], [], START_WITHIN_S)
            number = pipe.readline().strip() if ready else ""
        if not number:
            raise AppError("Xvfb did not start. Run it by hand to see why: Xvfb :99")
        os.environ["DISPLAY"] = f":{number}"
        yield os.environ["DISPLAY"]
    finally:
        if before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = before
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
