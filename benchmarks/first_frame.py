"""Child process: the command line as a person starts it, up to the moment when it shows something.

Run as ``first_frame.py ARGUMENTS…``; the time the process was started is in ``MYOSCOPE_BENCH_STARTED``.
"""

from __future__ import annotations

import os
import time

import dearpygui.dearpygui as dpg
from screen import answer


def main() -> None:
    """Watch for the second frame: the first one lays things out, the second has everything in its place."""
    started = float(os.environ["MYOSCOPE_BENCH_STARTED"])
    render, n_frames = dpg.render_dearpygui_frame, 0

    def watched() -> None:
        nonlocal n_frames
        render()
        n_frames += 1
        if n_frames == 2:
            answer(shown_s=time.monotonic() - started)
            os._exit(0)  # how a program ends is not measured here

    dpg.render_dearpygui_frame = watched
    from myoscope.app.cli import main as program

    program()


if __name__ == "__main__":
    main()
