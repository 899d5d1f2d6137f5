"""Child process: what the memory does while an hour of signal scrolls by, as fast as it can be drawn."""

from __future__ import annotations

import dearpygui.dearpygui as dpg
from device import resident_bytes
from screen import answer, arguments
from viewer import full, opened, primary, showing_all

STEP_S = 0.1
SETTLES = 0.1
"""This part of the run comes first: buffers fill, dearpygui makes room, everything is called for the first time."""


def main() -> None:
    """Scroll for as long as the parent asks, in the signal's own time."""
    asked = arguments()
    theme = opened()
    rate_hz, seconds = asked["rate_hz"], asked["window_s"]
    stream, source = full(asked["n_channels"], rate_hz, seconds)
    source.n_due = round(STEP_S * rate_hz)
    n_steps = round(asked["seconds"] / STEP_S)
    step = settled = most = 0
    viewer = showing_all(stream, theme, primary(), seconds, lambda: step * STEP_S)
    for step in range(n_steps):
        stream.pump()
        viewer.draw()
        dpg.render_dearpygui_frame()
        if step % 100 == 0:
            memory = resident_bytes()
            most = max(most, memory)
            if not settled and step >= SETTLES * n_steps:
                settled = memory
    viewer.delete()
    stream.disconnect()
    dpg.destroy_context()
    answer(settled_bytes=settled, most_bytes=most)


if __name__ == "__main__":
    main()
