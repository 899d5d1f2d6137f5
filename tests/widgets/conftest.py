"""Streams that hold just what a test puts into them, and a theme for the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from myoscope.sources.block import Block
from myoscope.sources.info import StreamInfo
from myoscope.sources.stream import Stream

if TYPE_CHECKING:
    from myoscope.widgets import Theme


class Fed:
    """A source that returns what it was fed."""

    def __init__(self, info: StreamInfo) -> None:
        self.info = info
        self.blocks: list[Block] = []

    def connect(self) -> StreamInfo:
        return self.info

    def read(self) -> Block | None:
        return self.blocks.pop(0) if self.blocks else None

    def disconnect(self) -> None:
        pass


class Bench:
    """A connected stream, its clock, and a hand that feeds it."""

    def __init__(self, n_channels: int, fs: float, buffer_seconds: float, unit: str, names: tuple[str, ...] | None):
        self.now = 1000.0
        self.fed = Fed(StreamInfo(fs=fs, channel_names=names, unit=unit, sample_shape=(n_channels,)))
        self.stream = Stream("emg", self.fed, buffer_seconds=buffer_seconds, clock=lambda: self.now)
        self.t = 1000.0
        self.stream.connect()

    def feed(self, data: np.ndarray, lost: int = 0) -> np.ndarray:
        """Give the stream samples, shape (n_samples, n_channels); return their timestamps."""
        fs = self.fed.info.fs
        first = self.t + (lost + 1) / fs
        timestamps = first + np.arange(len(data)) / fs
        self.fed.blocks.append(Block(np.ascontiguousarray(data, dtype=np.float32), timestamps, lost))
        self.t = self.now = float(timestamps[-1])
        self.stream.pump()
        return timestamps

    def noise(self, seconds: float, amplitude: float = 100.0, seed: int = 0, lost: int = 0) -> np.ndarray:
        """Feed noise; return it."""
        info = self.fed.info
        n = round(seconds * info.fs)
        data = np.random.default_rng(seed).normal(0, amplitude, (n, info.n_channels)).astype(np.float32)
        self.feed(data, lost)
        return data


@pytest.fixture
def bench() -> Callable[..., Bench]:
    """Return what makes a `Bench`."""

    def make(
        n_channels: int = 4,
        fs: float = 2000.0,
        buffer_seconds: float = 10.0,
        unit: str = "µV",
        names: tuple[str, ...] | None = None,
    ) -> Bench:
        return Bench(n_channels, fs, buffer_seconds, unit, names)

    return make


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    """Return a clock that stands still until it is moved."""
    return Time()


@pytest.fixture(scope="session")
def _the_theme(_the_screen) -> Theme:
    from myoscope.widgets import Theme

    return Theme()


@pytest.fixture
def theme(screen, _the_theme: Theme) -> Iterator[Theme]:
    """Return the dark theme at 100 %, applied."""
    _the_theme.set_mode("dark")
    _the_theme.set_scale(1.0)
    yield _the_theme
    screen.clear()


@pytest.fixture
def show_in_box(screen, theme, bench, clock) -> Iterator[Callable[..., tuple[Any, Bench]]]:
    """Return what shows a view of a new bench in a box of some width and height, drawn at 60 Hz."""
    import dearpygui.dearpygui as dpg

    made = []

    def make(kind, width, height, settings=None, **kwargs):
        made_bench = bench(**kwargs)
        view = kind(made_bench.stream, theme, settings, clock)
        box = dpg.add_child_window(parent=screen.window, width=width, height=height, border=False)
        view.build(box)

        def frame() -> None:
            clock.now += 1 / 60
            view.draw()

        screen.each_frame(frame)
        made.append(view)
        return view, made_bench

    yield make
    for view in made:
        view.delete()
