"""Every window about recordings in the real window, in both languages and at two sizes: nothing is cut or untold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from myoscope import open_session
from myoscope.app.settings import Settings
from myoscope.recordings.about import ChannelAbout
from myoscope.recordings.formats import export_session
from myoscope.recordings.protocol import ExpectedStream, RecordingProtocol, write_protocol
from myoscope.sources import Block, Event, StreamInfo, local_clock
from tests.recordings.sessions import recorder

pytestmark = pytest.mark.gui
FS = 1000.0
MUSCLES = ("biceps brachii", "triceps brachii", "deltoideus", "trapezius", "latissimus", "pectoralis")
CLOCK = {
    "en": ("Clock of the computer", "Whether somebody, or a time service, set"),
    "de": ("Uhr des Rechners", "Ob jemand, oder ein Zeitdienst,"),
}
"""What a figure of the report is called, and how it is explained."""
SOURCE = "emg=synthetic:?n_channels=6&rate_hz=1000&battery_percent=60"


def lifts(path: Path, seconds: float = 40.0, seed: int = 0, **about) -> Path:
    """Record bursts of muscles that work one after another: one is cut off, one is flat, and once the radio is away."""
    # By the real clock: one that stands still would look as if somebody had set the time of day.
    made = recorder(path, local_clock, **about)
    made.describe_channels("emg", [ChannelAbout(muscle=muscle, side="left") for muscle in MUSCLES])
    sink = made.sink("emg", "synthetic:?n_channels=6&rate_hz=1000")
    sink.open(
        StreamInfo(fs=FS, channel_names=tuple(m.split()[0].capitalize() for m in MUSCLES), unit="µV", dtype="int16")
    )
    t = np.arange(int(seconds * FS)) / FS
    noise = np.random.default_rng(seed).normal(0, 220, (len(t), len(MUSCLES)))
    bursts = np.clip(np.sin(t[:, None] * 1.6 - np.arange(len(MUSCLES)) * 0.9), 0, None) ** 2
    data = np.clip(noise * (0.03 + bursts), -400, 400)
    data[:, -1] = 3
    cut = len(t) * 2 // 3
    sink.write(Block(data[:cut].astype(np.int16), 50 + t[:cut]))
    sink.write(Block(data[cut + 900 :].astype(np.int16), 50 + t[cut + 900 :], lost=900))
    for i in range(int(seconds / 5)):
        made.event(Event(52.0 + 5 * i, "marker", ("lift", "hold", "rest")[i % 3]))
    made.step(0)
    made.close()
    return made.path


def prepared(folder: Path) -> Path:
    """Make three recordings and a protocol that is not met; return the first recording."""
    first = lifts(
        folder / "2026-11-20T104305Z_abduction_01.myo", name="abduction", subject="S07", task="lift", operator="AB",
        notes="left arm first",
    )  # fmt: skip
    flexion = lifts(
        folder / "2026-11-20T104512Z_flexion_01.myo", seconds=15, seed=1, name="flexion", subject="S07", task="lift",
    )  # fmt: skip
    with open_session(flexion) as session:
        export_session(session, "npz", folder / "flexion.npz")
    lifts(folder / "2026-11-20T104844Z_rest_01.myo", seconds=25, seed=2, name="rest", subject="S08")
    strict = RecordingProtocol(
        "Shoulder", "lift", (ExpectedStream("emg", 1000.0, n_channels=6), ExpectedStream("markers")), 2.0,
        "{name} {take:02}",
    )  # fmt: skip
    write_protocol(folder.parent / "config" / "protocols" / "Shoulder.protocol.json", strict)
    return first


@pytest.mark.parametrize(("code", "percent"), [("en", 100), ("de", 200)])
def test_nothing_is_cut_or_unexplained(window, code, percent):
    settings = Settings.load()
    settings.language, settings.scale_percent, settings.protocol = code, percent, "Shoulder"
    settings.save()
    first = prepared(settings.recordings_folder)
    person = window(SOURCE)
    person.until(person.live(), "the stream")

    def look(name):
        # Nothing lights up or comes up below the pointer.
        person.move_to(2, 795)
        person.frames(4)
        person.shoot(f"recordings-{name}-{code}-{percent}")
        assert person.ask("cut") == [], name
        assert person.ask("untold") == [], name
        assert person.ask("off") == [], name

    person.ask("show", "report", str(first))
    person.until(lambda seen: seen["report"], "the report")
    look("report")
    # What a figure means is told where it stands.
    clock, meaning = CLOCK[code]
    x, y, _, high = person.ask("text place", clock)
    person.move_to(x + 4, y + high / 2)
    person.until(lambda _: person.ask("text place", meaning), "what the figure means")
    person.frames(2)
    person.shoot(f"recordings-meaning-{code}-{percent}")
    person.press("Escape")
    person.until(lambda seen: seen["report"] is None, "it is closed")
    for name in ("preflight", "protocol", "import"):
        person.ask("show", name)
        person.until(lambda seen, name=name: seen["dialog"] == name, "the dialog")
        if name == "import":
            person.until(lambda _: person.ask("holding", "flexion.npz"), "the list")
            person.click_containing("flexion.npz")
        look(name)
    person.ask("show", "browse")
    person.until(lambda _: person.ask("holding", "abduction\n"), "the recordings")
    person.click_containing("abduction\n")
    look("browser")
    person.ask("show", "describe", str(first))
    look("describe")
    person.click({"en": "Channels", "de": "Kanäle"}[code])
    look("channels")
    person.ask("show", "export", str(first))
    person.click("EDF+")
    look("export")
    person.press("Escape")
    person.ask("show", "replay", str(first))
    person.until(lambda seen: seen["replay"] and seen["replay"]["position"] > 3.0, "the replay")
    person.until(lambda _: person.ask("strip"), "the strip of the whole session")
    look("strip")
    person.quit()
