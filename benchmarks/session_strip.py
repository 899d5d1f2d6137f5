"""Child process: what a frame of the time line of a whole session costs while a person zooms all the way in and out.

Each frame a notch of the wheel comes, as quickly as anybody turns it: the last picture is stretched, a question is
asked, and whatever a thread has read by then is painted. A jump is timed from the click until the samples of the new
place are in the stream.
"""

from __future__ import annotations

from time import perf_counter, sleep, thread_time

import dearpygui.dearpygui as dpg
import numpy as np
from screen import HEIGHT, WIDTH, answer, arguments, swallow_draw_calls

from myoscope.app.engine import Engine
from myoscope.app.session_strip import Now, SessionStrip
from myoscope.widgets.theme import Theme

FRAME_S = 1 / 60
NOTCHES = 40


def main() -> None:
    """Measure, and tell the parent."""
    asked = arguments()
    dpg.create_context()
    dpg.create_viewport(title="myoscope benchmark", width=WIDTH, height=HEIGHT, vsync=False)
    dpg.setup_dearpygui()
    dpg.show_viewport()
    theme = Theme()
    theme.apply()
    window = dpg.add_window()
    dpg.set_primary_window(window, True)
    with Engine() as engine:
        begun = perf_counter()
        engine.open_replay(asked["path"], play=False)
        replay = engine.replay
        assert replay is not None
        strip = SessionStrip(
            theme, replay.session, replay.t_first, replay.duration_seconds,
            lambda: Now(replay.position_seconds, (replay.position_seconds - 10, replay.position_seconds)), replay.seek,
        )  # fmt: skip
        strip.build(window)

        def frame() -> float:
            started, cpu = perf_counter(), thread_time()
            strip.draw(WIDTH - 160, strip.height, started)
            drawn = perf_counter() - started
            cpus.append(thread_time() - cpu)
            dpg.render_dearpygui_frame()
            # As a screen does; spinning would keep the interpreter from the thread that reads.
            sleep(max(0.0, FRAME_S - (perf_counter() - started)))
            return drawn

        cpus: list[float] = []
        while strip.reader.answer is None:
            frame()
        opened = perf_counter() - begun
        swallow_draw_calls()
        cpus.clear()
        costs, settled = [], []
        rng = np.random.default_rng(3)
        for turn in range(-1, asked["n_turns"]):
            at = float(rng.uniform(0.05, 0.95)) * replay.duration_seconds
            for notch in range(2 * NOTCHES):
                strip.stretch.zoom(1.0 if notch < NOTCHES else -1.0, at)
                took = frame()
                if turn >= 0:
                    costs.append(took)
            # Now it rests: how long until the picture is that of the stretch.
            strip.stretch.show(at, float(10.0 ** rng.uniform(0, 4)))
            begun = perf_counter()
            frame()
            while strip.reader.busy:
                costs.append(frame())
            settled.append(perf_counter() - begun)
            strip.stretch.show_all()
        jumps = []
        stream = engine.streams["emg"]
        for _ in range(asked["n_jumps"]):
            before = stream.health.n_received
            begun = perf_counter()
            replay.seek(float(rng.uniform(0.55, 0.95)) * replay.duration_seconds)
            while stream.health.n_received == before:
                dpg.render_dearpygui_frame()
            jumps.append(perf_counter() - begun)
        strip.delete()
    dpg.destroy_context()
    middle, most = (lambda values: float(np.median(values))), (lambda values: float(np.quantile(values, 0.99)))
    answer(
        opened_s=opened,
        cpu_p50_s=middle(cpus),
        cpu_p99_s=most(cpus),
        frame_p50_s=middle(costs),
        frame_p99_s=most(costs),
        settled_p50_s=middle(settled),
        settled_longest_s=max(settled),
        jump_p50_s=middle(jumps),
        jump_longest_s=max(jumps),
    )


if __name__ == "__main__":
    main()
