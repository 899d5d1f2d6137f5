"""A device that is always there: surface EMG as a person would recognise it, with faults on demand."""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .block import Block
from .clock import Pacer, local_clock
from .errors import SourceError, SourceLost
from .info import StreamInfo, names
from .language import tr
from .motor_units import Profile
from .source import Found
from .surface_emg import BadChannel, Electrodes, SurfaceEmg, layout

MAX_CHANNELS = 512
MAX_RATE_HZ = 200_000.0
MAX_WAIT_S = 0.1
BLOCK_S = 0.008
STALL_S = 1.5
UNPLUG_S = 3.0
INT16_UV = 0.1
MUSCLES = (
    "Biceps", "Triceps", "Wrist flexors", "Wrist extensors", "Deltoid", "Latissimus", "Trapezius", "Pectoralis",
)  # fmt: skip


@dataclass(eq=False)
class SyntheticSource:
    """Surface EMG made by the computer: bursts of motor units, noise, hum, and faults for trying things out.

    The same seed gives the same samples, however `read` cuts them. The device runs from the first `connect` on, as if
    it had a battery: what it makes while nobody is connected is counted as dropped.

    Parameters
    ----------
    n_channels
        1 to 512 channels, the counter included.
    rate_hz
        Sampling rate, Hz.
    electrodes
        ``pairs``: each channel over a muscle of its own; ``grid``: columns of eight electrodes along the fibres of one
        muscle, 8 mm apart, 64 electrodes a block, so that neighbours see the same potentials a little later.
    profile
        What the muscles do: ``contractions`` and rest in turn, a slow ``ramp``, a ``steady`` 40 %, or ``rest``.
    amplitude_uv
        What the peaks of a strong contraction reach, µV.
    noise_uv
        Baseline noise, µV rms.
    mains_hz
        Frequency of the mains, Hz.
    hum_uv
        Amplitude of the mains hum, µV.
    ecg_uv
        Height of the heart's R wave, µV; 0 for no heart.
    movement_uv
        Height of movement artefacts, µV; 0 for none.
    bad_channel
        Spoils the middle channel: ``flat``, ``noisy`` or ``popping``.
    counter_channel
        Makes the last channel count the samples made, from 0. It wraps at 2^24 in float32 and at 2^15 in int16.
    dtype
        The device's number format: ``float32`` in µV, or ``int16`` in steps of 0.1 µV.
    drop_every_s
        Loses `drop_samples` samples so often, s; 0 for never.
    drop_samples
        How many samples go missing each time.
    stall_every_s
        Falls silent for 1.5 s so often and then delivers what had gathered, s; 0 for never.
    unplug_every_s
        Is unplugged for 3 s so often, s; 0 for never.
    seed
        Any whole number from 0.
    battery_percent
        What it says is left in its battery, %; 0 for a device without one.
    clock
        The LSL clock, unless a test passes its own.
    sleep
        Waits for a number of seconds; a test passes its own.

    Raises
    ------
    SourceError
        When a value is out of its range.
    """

    n_channels: int = 8
    rate_hz: float = 2048.0
    electrodes: Electrodes = "pairs"
    profile: Profile = "contractions"
    amplitude_uv: float = 500.0
    noise_uv: float = 5.0
    mains_hz: float = 50.0
    hum_uv: float = 4.0
    ecg_uv: float = 0.0
    movement_uv: float = 0.0
    bad_channel: BadChannel = "none"
    counter_channel: bool = False
    dtype: Literal["float32", "int16"] = "float32"
    drop_every_s: float = 0.0
    drop_samples: int = 20
    stall_every_s: float = 0.0
    unplug_every_s: float = 0.0
    seed: int = 0
    battery_percent: float = 0.0
    clock: Callable[[], float] = field(default=local_clock, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        self._check()
        self.n_delivered = 0
        self.n_dropped = 0
        self._connected = False
        self._emg: SurfaceEmg | None = None
        self._pacer: Pacer | None = None
        # Made, but behind a point where a block had to end.
        self._waiting: NDArray[np.float64] = np.empty(0)
        self._drops: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._to_drop = 0
        self._lost = 0
        self._stalled_until = -math.inf
        self._away_until = -math.inf

    def _check(self) -> None:
        if not 1 <= self.n_channels <= MAX_CHANNELS:
            raise SourceError(
                f"The synthetic device was asked for {self.n_channels:,} channels. Give 1 to {MAX_CHANNELS}."
            )
        if not (math.isfinite(self.rate_hz) and 1 <= self.rate_hz <= MAX_RATE_HZ):
            raise SourceError(
                f"The synthetic device was asked for a rate of {self.rate_hz:g} Hz. Give 1 to {MAX_RATE_HZ:,.0f} Hz."
            )
        for key, choices in (
            ("electrodes", Electrodes), ("profile", Profile), ("bad_channel", BadChannel),
            ("dtype", Literal["float32", "int16"]),
        ):  # fmt: skip
            if getattr(self, key) not in get_args(choices):
                raise SourceError(f"{key} is {getattr(self, key)!r}. Choose one of {', '.join(get_args(choices))}.")
        for key in ("amplitude_uv", "noise_uv", "hum_uv", "ecg_uv", "movement_uv"):
            if not 0 <= getattr(self, key) <= 1e6:
                raise SourceError(f"{key} is {getattr(self, key):g}. Give 0 to 1,000,000 µV.")
        if not 1 <= self.mains_hz <= 1000:
            raise SourceError(f"mains_hz is {self.mains_hz:g}. Give 1 to 1,000 Hz, usually 50 or 60.")
        for key, least_s in (("drop_every_s", 0.1), ("stall_every_s", 2.0), ("unplug_every_s", 4.0)):
            every_s = getattr(self, key)
            if every_s and not least_s <= every_s <= 1e6:
                raise SourceError(f"{key} is {every_s:g}. Give {least_s:g} s or more, or 0 for never.")
        if self.drop_every_s and not 1 <= self.drop_samples < round(self.drop_every_s * self.rate_hz):
            raise SourceError(
                f"drop_samples is {self.drop_samples:,}. Give 1 or more, but fewer than {self.drop_every_s:g} s hold."
            )
        if not 0 <= self.battery_percent <= 100:
            raise SourceError(f"battery_percent is {self.battery_percent:g}. Give 0 to 100 %.")
        if not 0 <= self.seed < 2**63:
            raise SourceError(f"seed is {self.seed}. Give a whole number from 0.")

    @property
    def n_made(self) -> int:
        """Samples made until now: delivered or dropped. The next one has this number. Any thread may ask."""
        return self.n_delivered + self.n_dropped

    def connect(self) -> StreamInfo:
        """Start the device, or find it running, and describe the stream.

        Raises
        ------
        SourceError
            While the device is unplugged.
        """
        if self.clock() < self._away_until:
            raise SourceError("The synthetic device is unplugged. Plug it back in, then connect again.")
        if self._emg is None:
            self._emg = SurfaceEmg(
                self.n_channels,
                self.rate_hz,
                electrodes=self.electrodes,
                profile=self.profile,
                amplitude_uv=self.amplitude_uv,
                noise_uv=self.noise_uv,
                mains_hz=self.mains_hz,
                hum_uv=self.hum_uv,
                ecg_uv=self.ecg_uv,
                movement_uv=self.movement_uv,
                bad_channel=self.bad_channel,
                seed=self.seed,
            )
        if self._pacer is None:
            self._pacer = Pacer(self.rate_hz, self.clock)
        else:
            # Nobody listened: gone, and a device that has just been found again does not say how many.
            self.n_dropped += self._pacer.skip() + len(self._waiting)
        self._waiting = np.empty(0)
        self._to_drop = self._lost = 0
        self._connected = True
        return self._info()

    def _info(self) -> StreamInfo:
        n = self.n_channels
        labels = MUSCLES[:n] if self.electrodes == "pairs" and n <= len(MUSCLES) else names("EMG", n)
        grid = layout(n) if self.electrodes == "grid" else None
        scale: float | tuple[float, ...] = 1.0 if self.dtype == "float32" else INT16_UV
        if self.counter_channel:
            labels = (*labels[:-1], "Counter")
            scale = scale if scale == 1.0 else (*[INT16_UV] * (n - 1), 1.0)
        return StreamInfo(
            fs=self.rate_hz,
            name="Synthetic EMG",
            channel_names=labels,
            unit="µV",
            dtype=self.dtype,
            scale=scale,
            device={"kind": "synthetic", "seed": self.seed, "profile": self.profile, "electrodes": self.electrodes},
            grid=grid,
        )

    def read(self) -> Block | None:
        """Return the samples that are due, shape (n_samples, n_channels), or None; wait at most 0.1 s.

        Raises
        ------
        SourceLost
            When the device was unplugged, or is not connected.
        """
        emg, pacer = self._emg, self._pacer
        if not self._connected or emg is None or pacer is None:
            raise SourceLost("The synthetic device is not connected. Connect it first.")
        now = self.clock()
        if now < self._away_until:
            raise SourceLost("The synthetic device was unplugged. Plug it back in.")
        if now < self._stalled_until:
            self.sleep(min(MAX_WAIT_S, self._stalled_until - now))
            return None
        timestamps = self._take(pacer)
        n = len(timestamps)
        if not n:
            return None
        first = self.n_made
        data = self._format(emg.rows(first, n), first)
        lost, self._lost = self._lost, 0
        self.n_delivered += n
        self._keep_appointments(first)
        return Block(data, timestamps, lost)

    def _take(self, pacer: Pacer) -> NDArray[np.float64]:
        """Return the timestamps of the next samples to deliver, and count those to drop."""
        if not len(self._waiting):
            enough = max(1, int(self.rate_hz * BLOCK_S))
            wait_s = pacer.wait_s() + (enough - 1) / self.rate_hz
            if wait_s > 0:
                self.sleep(min(wait_s, MAX_WAIT_S))
            self._waiting = pacer.due()
        while not self._drops.empty():
            self._to_drop += self._drops.get()
        period = round(self.drop_every_s * self.rate_hz)
        if period and len(self._waiting) and not self._to_drop and self.n_made and self.n_made % period == 0:
            self._to_drop = self.drop_samples
        gone = min(self._to_drop, len(self._waiting))
        self._to_drop -= gone
        self._lost += gone
        self.n_dropped += gone
        due = self._waiting[gone:]
        # A block ends where the next drop begins.
        n = min(len(due), period - self.n_made % period) if period else len(due)
        self._waiting = due[n:]
        return due[:n]

    def _format(self, uv: NDArray[np.float32], first: int) -> NDArray[Any]:
        count = first + np.arange(len(uv)) if self.counter_channel else None
        if self.dtype == "float32":
            if count is not None:
                uv[:, -1] = count % 2**24
            return uv
        uv *= np.float32(1 / INT16_UV)
        integers = np.rint(uv, out=uv).clip(-(2**15), 2**15 - 1, out=uv).astype(np.int16)
        if count is not None:
            integers[:, -1] = count % 2**15
        return integers

    def _keep_appointments(self, first: int) -> None:
        """Stall or go away when the samples from `first` to now have passed a time to do so."""
        if self._passed(self.stall_every_s, first):
            self.stall(STALL_S)
        if self._passed(self.unplug_every_s, first):
            self._away_until = self.clock() + UNPLUG_S

    def _passed(self, every_s: float, first: int) -> bool:
        period = round(every_s * self.rate_hz)
        return period > 0 and self.n_made // period > first // period

    def disconnect(self) -> None:
        """Let the device go; it runs on. Safe to call twice."""
        self._connected = False

    # Faults. Any thread may call these.

    def stall(self, seconds: float) -> None:
        """Deliver nothing for `seconds`; what has gathered by then comes afterwards, none of it lost."""
        self._stalled_until = self.clock() + seconds

    def drop(self, n_samples: int) -> None:
        """Lose the next `n_samples` samples; the block after them says so in `lost`."""
        self._drops.put(n_samples)

    def disconnect_device(self) -> None:
        """Pull the plug: `read` and `connect` fail until `plug_back`. The device goes on making samples."""
        self._away_until = math.inf

    def plug_back(self) -> None:
        """Put the plug back in; whoever wants samples connects again."""
        self._away_until = -math.inf

    @classmethod
    def discover(cls, timeout_s: float = 1.0) -> list[Found]:  # noqa: ARG003  (nothing to wait for)
        """Return what menus offer: a few common set-ups. They are always there, at once."""
        return [
            Found("synthetic:", tr("Synthetic EMG"), tr("8 channels · 2048 Hz")),
            Found(
                "synthetic:?n_channels=64&electrodes=grid",
                tr("Synthetic HD-EMG grid"),
                tr("8 × 8 electrodes · 2048 Hz"),
            ),
            Found(
                "synthetic:?n_channels=256&electrodes=grid",
                tr("Synthetic HD-EMG, four grids"),
                tr("16 × 16 electrodes · 2048 Hz"),
            ),
        ]
