"""Make docs/gallery.md and its pictures from the screenshots that the tests of the window leave behind.

Usage: docs/gallery.py        take what lies in tests/screenshots
       docs/gallery.py --run  run the tests of the window first
"""

from __future__ import annotations

import ast
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
SHOTS = TESTS / "screenshots"
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "gallery"
LIMIT_BYTES = 120_000
TOTAL_BYTES = 5_000_000
MARGIN = 12  # px of ground that stay around what is shown
FOOT = 24  # px at the bottom of a picture: its margin and the lower edge of a box
MOST_COLOURS = 256
WINDOW = "window-"
SHOOTING = {"screenshot": "", "shoot": WINDOW}
"""The methods that keep a picture, and what they put before its name."""

INTRODUCTION = """\
# Gallery

Every picture on this page was taken by a test, which drove the window with mouse and keyboard; the test is named below
it. `make gallery` takes them anew. How to do what is seen here: [Looking at signals](viewing.md),
[Recording](recording.md), [Recordings](browser.md), [Reports](check.md), [Formats](formats.md).
"""


class Shot(NamedTuple):
    """One picture: the name of its screenshot, what it is called, and what a person sees and can do."""

    name: str
    title: str
    caption: str


SECTIONS: dict[str, tuple[Shot, ...]] = {
    "The window": (
        Shot("window-start", "Start", "Devices that were found, devices to try, and what was recorded lately."),
        Shot("window-form", "Add a device", "Each kind of device brings its own form, with units and a word of help."),
        Shot(
            "window-layout-emg", "The layout «EMG, 8 channels»",
            "Traces above, spectrum, spectrogram, levels and numbers below, each to be moved elsewhere by its tab.",
        ),
    ),
    "The signal viewer": (
        Shot(
            "viewer", "Envelope",
            "Lowest and highest value of every column of the screen: no sample is missed, however long the window.",
        ),
        Shot("sweep", "Sweep", "New samples overwrite the oldest ones from left to right, and the rest stands still."),
        Shot("butterfly", "Butterfly", "All channels over one another on one axis."),
        Shot("axes", "Axes", "An axis with figures for each lane, instead of the scale bar."),
        Shot("single_channel", "Single channel", "One channel as large as the plot; the arrow keys go to the next."),
        Shot("cursors", "Cursors", "Two lines to measure between: Δt, 1/Δt and ΔV; click or drag to place them."),
        Shot("hover", "Reading a value", "Rest the pointer on a trace to read its value and the moment, live or not."),
        Shot("clipped", "Clipping", "Samples at the device's limits are marked where they are."),
        Shot(
            "gaps_and_events", "Gaps and events",
            "What went missing is a band with how long it was, an event a line with its name.",
        ),
        Shot(
            "scrolled_back", "The past",
            "Drag, wheel or keys go back while samples keep coming; Back to live returns to now.",
        ),
        Shot("two_streams", "Two streams on one axis", "Streams of different rates share time, pause and cursors."),
        Shot(
            "channels_128", "128 channels",
            "From nine lanes on strokes are painted into textures, so that many channels cost no more than a few.",
        ),
        Shot("channels_256", "256 channels", "As many as there are; or a page of 32 at a time."),
        Shot(
            "raw_refusal", "Every sample, where they do not fit",
            "The viewer of every sample says what would fit instead of leaving some out.",
        ),
    ),
    "Channels": (
        Shot("channel_list_list_100", "List", "Tick, find, rename, colour, order, show alone, or mark as bad."),
        Shot("channel_list_grid_100", "Electrode grids", "Click electrodes, or draw a rectangle, to choose channels."),
        Shot("grid_picker_four", "Four grids of 64", "Numbers as the maker counts them; colours as the traces have."),
        Shot("channel_list_presets", "Presets", "Keep a choice of channels under a name, and have it back."),
    ),
    "View filter": (
        Shot(
            "filter_panel", "Filters for the eye",
            "Band, notches, montage, absolute value and RMS; what is recorded is never touched by them.",
        ),
    ),
    "Views": (
        Shot("spectrum_mean", "Spectrum", "Power density after Welch, mean of all channels, mains lines marked."),
        Shot("spectrum_hover", "Spectrum of each channel", "The pointer reads frequency and density."),
        Shot("spectrogram_viridis", "Spectrogram, Viridis", "Power by frequency as it changes; colours locked."),
        Shot("spectrogram_turbo", "Spectrogram, Turbo", "The most steps to tell apart."),
        Shot("spectrogram_cividis", "Spectrogram, Cividis", "Looks alike to eyes with and without colour blindness."),
        Shot("spectrogram_grey", "Spectrogram, Grey", "For print."),
        Shot(
            "levels_percent", "Levels", "A bar a channel with its peak, in the unit or as % of a maximal contraction."
        ),
        Shot("numbers_large", "Numbers", "Figures as large as the box allows, to be read from across the room."),
        Shot("xy", "XY", "One channel against another, with a trail."),
        Shot("grid_map_cells", "Grid map", "RMS of each electrode where it sits; a click shows its channel alone."),
        Shot("grid_map_mnf", "Grid map, smooth", "Mean frequency, interpolated between the electrodes."),
        Shot(
            "quality_dark", "Channel quality",
            "Flat, saturated, full of hum, bridged, loose or noisy: in words and signs, with what to do about it.",
        ),
        Shot("frames_dark_100_300", "Pictures", "The newest picture of a stream of pictures, such as ultrasound."),
        Shot("markers", "Points in space", "Markers of motion capture with links and trails; drag to turn."),
        Shot("measures", "Measures", "Peak to peak, RMS, mean and median frequency of each channel, to be copied."),
        Shot("health", "Latency and health", "Rates, ages, gaps, queue and disk, each against its limits."),
    ),
    "Workspace": (
        Shot("window-two-streams", "Docking", "Views one above the other; drag the edge between them to share room."),
        Shot("window-added", "Adding a view", "A spectrum below the traces; what was arranged is there the next day."),
        Shot("dock-dragging", "Moving a view", "Drag a tab; the place where it would go lights up."),
        Shot("window-float", "Floating", "A view can leave its place, and go back."),
        Shot("window-operator-recording", "Operator mode", "Large targets and figures for who runs the experiment."),
        Shot("window-palette", "Find a command", "Everything in the menus by a few letters, and why it is off."),
        Shot("window-shortcuts", "Keyboard shortcuts", "All keys, to read or to print."),
        Shot("window-german", "German", "All words in the language of the person; chosen in the View menu."),
        Shot("window-light", "Light", "For bright rooms and for print."),
        Shot("window-high-contrast", "High contrast", "White on black, with stronger lines."),
    ),
    "Recording and replay": (
        Shot(
            "window-recordings-preflight-en-100", "Check before recording",
            "What the protocol expects against what is there; what is red blocks Record until somebody says why not.",
        ),
        Shot(
            "window-recordings-protocol-en-100", "Protocol",
            "Which streams are expected, how takes are called, and how much from before Record is kept.",
        ),
        Shot("window-recording", "Recording", "How long, how much and how fast; markers by button or key."),
        Shot(
            "window-event-name", "Mark with a text",
            "Stamped when the key is pressed; what it was can be written and put right afterwards.",
        ),
        Shot("window-replay", "Replay", "Yesterday's session in the same viewers: seek, step, loop, 0.1–16 ×."),
        Shot(
            "window-recordings-strip-en-100", "The whole session",
            "Hours in one line, with events and gaps: click to go there, turn the wheel to come nearer, drag to move.",
        ),
    ),
    "Recordings": (
        Shot(
            "window-recordings-report-en-100", "Report",
            "Made when Record is stopped: what is there, what is missing, how good it is, and what to do about it.",
        ),
        Shot("window-recordings-meaning-en-100", "What a figure means", "Rest the pointer on a line of the report."),
        Shot(
            "window-recordings-browser-en-100", "Browser",
            "Every recording with its picture: search, tag, describe, check, trim, split, join, put aside.",
        ),
        Shot(
            "window-recordings-describe-en-100", "About a recording",
            "Filled in before or after; what was recorded stays, and each change is kept with who and when.",
        ),
        Shot(
            "window-recordings-channels-en-100", "Muscles and electrodes",
            "Muscle, side, placement, size, distance and reference of each channel; to and from a spreadsheet.",
        ),
        Shot(
            "window-recordings-export-en-100", "Export",
            "Thirteen formats, with what each keeps and loses, and about how large it will be.",
        ),
        Shot(
            "window-recordings-import-en-100", "Import",
            "Files of other programs become recordings; what a format does not say is asked.",
        ),
    ),
}  # fmt: skip


class Made(NamedTuple):
    """Where a test keeps a picture: what its names look like, the test's file and its function."""

    pattern: str
    literal: bool
    file: str
    test: str


def made() -> list[Made]:
    """Find every call in the tests that keeps a picture under a name that stands there."""
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
                    continue
                before = SHOOTING.get(call.func.attr)
                pattern = _pattern(call.args[0])
                if before is not None and pattern:
                    literal = isinstance(call.args[0], ast.Constant)
                    file = path.relative_to(ROOT).as_posix()
                    found.append(Made(re.escape(before) + pattern, literal, file, function.name))
    return found


def _pattern(name: ast.expr) -> str:
    """Return what a name looks like, as a regular expression; empty when it does not stand there."""
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        return re.escape(name.value)
    if isinstance(name, ast.JoinedStr):
        return "".join(_pattern(part) if isinstance(part, ast.Constant) else "[^/]+" for part in name.values)
    return ""


def maker(name: str, known: list[Made]) -> Made | None:
    """Return the test that keeps a picture; one that says its whole name goes first."""
    fitting = [one for one in known if re.fullmatch(one.pattern, name)]
    return min(fitting, key=lambda one: (not one.literal, -len(one.pattern)), default=None)


def page(known: list[Made]) -> str:
    """Return the page."""
    parts = [INTRODUCTION]
    for section, shots in SECTIONS.items():
        parts.append(f"## {section}\n")
        for shot in shots:
            by = maker(shot.name, known)
            if by is None:
                raise SystemExit(f"No test keeps a picture called {shot.name}.")
            parts.append(
                f"### {shot.title}\n\n{shot.caption}\n\n![{shot.title}](gallery/{shot.name}.png)\n\n"
                f"<sub>[{by.file}](../{by.file}) · `{by.test}`</sub>\n"
            )
    return "\n".join(parts)


def read(path: Path) -> np.ndarray:
    """Return a picture, shape (height, width, 3), uint8. Inside a dearpygui context."""
    import dearpygui.dearpygui as dpg

    width, height, n_parts, values = dpg.load_image(str(path))
    pixels = np.frombuffer(values, dtype=np.float32).reshape(height, width, n_parts)[..., :3]
    return np.rint(pixels * 255).astype(np.uint8)


def trimmed(pixels: np.ndarray) -> np.ndarray:
    """Return a picture without the empty ground to the right and below, but for a margin."""
    ground = pixels[-1, -1]
    filled = (pixels != ground).any(axis=2)
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    if not len(rows):
        return pixels
    return pixels[: rows[-1] + 1 + MARGIN, : columns[-1] + 1 + MARGIN]


def shortened(pixels: np.ndarray) -> np.ndarray:
    """Return a picture whose last box is hardly larger than what is in it."""
    return _shortened(_shortened(pixels).swapaxes(0, 1)).swapaxes(0, 1)


def _shortened(pixels: np.ndarray) -> np.ndarray:
    """Return a picture without the rows that only repeat, between its foot and what is above."""
    repeats = np.flatnonzero((pixels[1:] != pixels[:-1]).any(axis=(1, 2)))
    ends = np.concatenate((repeats, [len(pixels) - 1]))
    runs = np.diff(ends, prepend=-1)
    near = np.flatnonzero((ends > len(pixels) - 1 - FOOT) & (runs > FOOT))
    if not len(near):
        return pixels
    end, run = int(ends[near[-1]]), int(runs[near[-1]])
    return np.delete(pixels, np.s_[end - run + 1 + MARGIN : end + 1], axis=0)


def halved(pixels: np.ndarray) -> np.ndarray:
    """Return a picture half as wide and high, each pixel the mean of four."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    fours = pixels[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    return np.rint(fours.mean(axis=(1, 3))).astype(np.uint8)


def encoded(pixels: np.ndarray) -> bytes:
    """Return a picture as PNG with a palette of at most 256 colours (PNG specification, third edition, W3C 2025)."""
    colours, places = _few_colours(pixels)
    height, width = places.shape
    lines = np.zeros((height, 1 + width), np.uint8)
    lines[:, 1:] = places
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", colours.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _few_colours(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a palette, shape (n, 3), uint8, and each pixel's place in it: frequent colours as they are.

    The others become the nearest of the palette's; a mean of 4 × 4 × 4 colours stands for what is spread out.
    """
    exact = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    found, which, counts = np.unique(exact, return_inverse=True, return_counts=True)
    every = np.stack((found >> 16, found >> 8 & 255, found & 255), axis=1).astype(np.float32)
    if len(found) > MOST_COLOURS:
        # The most frequent ones first; then, again and again, the one that is farthest off, weighted by its number.
        chosen = list(np.argsort(counts)[::-1][:32])
        off = np.min([((every - every[i]) ** 2).sum(axis=1) for i in chosen], axis=0)
        while len(chosen) < MOST_COLOURS:
            chosen.append(int(np.argmax(off * np.sqrt(counts))))
            np.minimum(off, ((every - every[chosen[-1]]) ** 2).sum(axis=1), out=off)
    else:
        chosen = list(range(len(found)))
    nearest, best = np.zeros(len(found), np.uint8), np.full(len(found), np.inf, np.float32)
    for place, i in enumerate(chosen):
        off = ((every - every[i]) ** 2).sum(axis=1)
        nearest[off < best] = place
        np.minimum(best, off, out=best)
    return every[chosen].astype(np.uint8), nearest[which.reshape(exact.shape)]


def main() -> None:
    """Write the page and its pictures."""
    if "--run" in sys.argv[1:]:
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-m", "gui"], cwd=ROOT, check=False)
        if done.returncode:
            sys.exit("The tests of the window have to pass first.")
    import dearpygui.dearpygui as dpg

    text = page(made())
    names = [shot.name for shots in SECTIONS.values() for shot in shots]
    missing = [name for name in names if not (SHOTS / f"{name}.png").is_file()]
    if missing:
        sys.exit(f"No screenshot of {', '.join(missing)}. Take them with --run.")
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    dpg.create_context()
    total = 0
    for name in names:
        pixels = trimmed(read(SHOTS / f"{name}.png"))
        # The whole window is as large as it is meant to be.
        if not name.startswith(WINDOW):
            pixels = shortened(pixels)
        png = encoded(pixels)
        while len(png) > LIMIT_BYTES:
            pixels = halved(pixels)
            png = encoded(pixels)
        (PICTURES / f"{name}.png").write_bytes(png)
        total += len(png)
    dpg.destroy_context()
    PAGE.write_text(text, encoding="utf-8")
    print(f"{len(names)} pictures, {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
