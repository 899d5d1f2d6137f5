"""A script's own choice of widgets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from myoscope.app.virtual_display import virtual_display

pytestmark = pytest.mark.gui

SCRIPT = """
from pathlib import Path
from myoscope import App, Look, RawSignalViewer, SignalViewer, SpectrumView, Stream, ViewFilter

app = App("Mine")
app.streams(Stream("emg", "synthetic:?n_channels=4", window_seconds=0.2))
app.predict(rate_hz=30)(lambda windows: {"level": abs(windows["emg"]).mean()})
built = []

@app.ui
def layout(ctx):
    look = Look(ctx.streams["emg"])
    look.filter = ViewFilter(highpass_hz=20.0)
    built[:] = [
        SignalViewer(look, settings={"seconds": 2.0}), RawSignalViewer(ctx.streams["prediction"]), SpectrumView(look),
    ]
    return built

app.run(seconds=8)
assert built[0].look.raw is app.context.streams["emg"].ring
assert built[0].look is built[2].look
assert (built[0].seconds, built[0].look.filter.highpass_hz) == (2.0, 20.0), "as the script has set it up"
assert built[0].picture.newest > 0
assert [line.text for line in app.context.log.lines if line.level == "bad"] == []
print(app.context.streams["prediction"].health.n_received)
"""


def test_the_widgets_of_a_script_are_shown(display, tmp_path):
    with virtual_display(1280, 800):
        result = subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False
        )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 10


def test_the_desktop_program_opens_and_closes(display, tmp_path):
    program = Path(sys.executable).with_name("myoscope")
    with virtual_display(1280, 800):
        result = subprocess.run([program, "--seconds", "2"], capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (0, "")
