"""A program that records a device which counts its samples, in the window or without one, until somebody ends it.

``python taking.py headless|window|crashing FOLDER``: in FOLDER/told stands at any moment what the source had made and
what was written and acknowledged; FOLDER/made is what it had made when it was let go, FOLDER/log what was said.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

from myoscope import App, SignalViewer, Stream
from myoscope.sources.synthetic import SyntheticSource

TOLD = struct.Struct("<QQQ")


class Counting(SyntheticSource):
    """Leaves behind how many samples it has made."""

    def disconnect(self):
        super().disconnect()
        self.left.write_text(str(self.n_made), encoding="utf-8")


class Teller:
    """Writes down how things are, wherever it is drawn."""

    def __init__(self, app, source, path):
        self.app, self.source = app, source
        self.file = path.open("r+b", buffering=0)

    def build(self, parent):
        pass

    def draw(self):
        status = self.app.engine.snapshot().recording
        if status is not None:
            counts = sum(status.n_written.values()), sum(status.n_acknowledged.values())
            self.file.seek(0)
            self.file.write(TOLD.pack(self.source.n_made, *counts))

    def delete(self):
        pass


class Crasher:
    """A view that breaks after a while; it leaves a file."""

    def __init__(self, broken):
        self.n, self.broken = 0, broken

    def build(self, parent):
        pass

    def draw(self):
        self.n += 1
        if self.n > 10:
            self.broken.touch()
            raise RuntimeError("a view of somebody's own")

    def delete(self):
        pass


def main(mode, folder):
    """Record until the end."""
    folder = Path(folder)
    source = Counting(n_channels=4, rate_hz=2000.0, counter_channel=True)
    source.left = folder / "made"
    app = App("taking")
    app.streams(Stream("emg", source))
    app.record(folder / "take.myo")
    teller = Teller(app, source, folder / "told")
    if mode == "headless":
        app.predict(rate_hz=50)(lambda windows: teller.draw())
        app.run(mode="headless")
    else:
        crashing = [Crasher(folder / "broken")] if mode == "crashing" else []
        app.ui(lambda ctx: [SignalViewer(ctx.streams["emg"]), *crashing, teller])
        app.run()
    log = [[line.level, line.text] for line in app.context.log.lines]
    (folder / "log").write_text(json.dumps(log), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
