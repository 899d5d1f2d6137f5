"""What is done to a stream before it is shown. The recording never sees it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SourceError
from .info import StreamInfo
from .language import later, tr
from .montage import ALONGS, MONTAGES, Along, Montage, why_not

DC_HZ = 0.5
"""Corner of the first-order high-pass that takes a slow mean away."""
MAX_ORDER = 8
MAX_RMS_MS = 2000.0
LOWEST_SHARE = 1e-6
"""A corner below this share of the rate is beyond float64: a constant start would no longer be quiet."""


@dataclass(frozen=True)
class ViewFilter:
    """How a stream is filtered for the eye.

    The order of things: montage, then DC, high-pass, low-pass and notches, then absolute values, then the root mean
    square. Subtracting first takes away what is common before anything can smear it, and leaves fewer channels to
    filter. Whatever is linear comes before absolute values and squares, which would fold an offset or the mains into
    the signal for good.

    Parameters
    ----------
    highpass_hz, lowpass_hz
        Corner frequencies (-3 dB), Hz; 0 for none. Both make a band-pass.
    order
        Of the Butterworth filter at each corner: 6 dB an octave each.
    notch_hz
        Mains frequency that is taken out with its harmonics, Hz; 0 for none.
    notch_to_hz
        The highest harmonic that is taken out, Hz; 0 for all below half the rate.
    notch_width_hz
        Width of each notch (-3 dB), Hz.
    remove_dc
        Take a slow mean away.
    montage, along
        What is subtracted from what, and in which direction of the electrode grid.
    rectify
        Show absolute values.
    rms_ms
        Length of a sliding root mean square, ms; 0 for none.

    Raises
    ------
    SourceError
        When a value makes no sense on any stream.
    """

    highpass_hz: float = 0.0
    lowpass_hz: float = 0.0
    notch_hz: float = 0.0
    montage: Montage = "none"
    rectify: bool = False
    rms_ms: float = 0.0
    remove_dc: bool = False
    order: int = 4
    notch_to_hz: float = 0.0
    notch_width_hz: float = 2.0
    along: Along = "columns"

    def __post_init__(self) -> None:
        figures = (self.highpass_hz, self.lowpass_hz, self.notch_hz, self.notch_to_hz, self.notch_width_hz, self.rms_ms)
        if not all(math.isfinite(figure) and figure >= 0 for figure in figures):
            raise SourceError(tr("A frequency or length of a filter is below 0 or no number."))
        if 0 < self.lowpass_hz <= self.highpass_hz:
            raise SourceError(
                tr("Nothing is left between {low:g} and {high:g} Hz. Give the lower frequency first.").format(
                    low=self.highpass_hz, high=self.lowpass_hz
                )
            )
        if not 1 <= self.order <= MAX_ORDER:
            raise SourceError(tr("The order of a filter is 1 to {most}.").format(most=MAX_ORDER))
        if self.notch_hz and not 0 < self.notch_width_hz < self.notch_hz:
            raise SourceError(
                tr("A notch at {hz:g} Hz cannot be {width:g} Hz wide. Give less than {hz:g} Hz.").format(
                    hz=self.notch_hz, width=self.notch_width_hz
                )
            )
        if self.rms_ms > MAX_RMS_MS:
            raise SourceError(tr("The RMS is at most {most:g} ms long.").format(most=MAX_RMS_MS))

    @property
    def is_off(self) -> bool:
        """Whether everything is shown as it comes."""
        return not (self.needs_rate or self.rectify or self.montage != "none")

    @property
    def needs_rate(self) -> bool:
        """Whether a steady sampling rate is needed."""
        return bool(self.highpass_hz or self.lowpass_hz or self.notch_hz or self.remove_dc or self.rms_ms)

    def check(self, info: StreamInfo) -> str:
        """Return why it cannot be used on a stream, in one sentence; empty when it can."""
        if self.is_off:
            return ""
        if info.is_text:
            return tr("These are text markers: there is nothing to filter.")
        if len(info.sample_shape) > 1:
            return tr("These are pictures or places, no signals: there is nothing to filter.")
        if not info.fs and self.needs_rate:
            return tr("This stream has no steady rate: only a montage and absolute values can be shown of it.")
        corners = (self.highpass_hz, self.lowpass_hz, self.notch_hz, DC_HZ if self.remove_dc else 0.0)
        for corner in corners:
            if corner and corner >= info.fs / 2:
                return tr("{hz:g} Hz cannot be told at {fs:g} samples a second. Give less than {half:g} Hz.").format(
                    hz=corner, fs=info.fs, half=info.fs / 2
                )
            if corner and corner < info.fs * LOWEST_SHARE:
                return tr("{hz:g} Hz is too low at {fs:g} samples a second. Give {least:g} Hz or more.").format(
                    hz=corner, fs=info.fs, least=info.fs * LOWEST_SHARE
                )
        if self.notch_hz and not self.notches_hz(info.fs):
            return tr("A notch at {hz:g} Hz does not fit below {half:g} Hz.").format(hz=self.notch_hz, half=info.fs / 2)
        return why_not(info, self.montage, self.along)

    def notches_hz(self, fs: float) -> tuple[float, ...]:
        """Return the middle of each notch at a sampling rate, Hz."""
        if not self.notch_hz:
            return ()
        last = (fs - self.notch_width_hz) / 2
        if self.notch_to_hz:
            last = min(last, max(self.notch_hz, self.notch_to_hz))
        return tuple(self.notch_hz * k for k in range(1, int(last / self.notch_hz) + 2) if self.notch_hz * k <= last)

    def sections(self, fs: float) -> NDArray[np.float64]:
        """Return the second-order sections at a sampling rate, shape (n_sections, 6), as `scipy.signal.sosfilt` takes.

        Butterworth corners (`scipy.signal.butter`), and a notch of the same width in Hz at each harmonic
        (`scipy.signal.iirnotch`), so that all of them settle equally fast.
        """
        # 0.7 s the first time.
        from scipy import signal

        parts = [np.zeros((0, 6))]
        if self.remove_dc:
            parts.append(signal.butter(1, DC_HZ, "highpass", fs=fs, output="sos"))
        if self.highpass_hz:
            parts.append(signal.butter(self.order, self.highpass_hz, "highpass", fs=fs, output="sos"))
        if self.lowpass_hz:
            parts.append(signal.butter(self.order, self.lowpass_hz, "lowpass", fs=fs, output="sos"))
        # Biquads as they are: going through their roots would only lose digits.
        parts.extend(
            np.concatenate(signal.iirnotch(middle, middle / self.notch_width_hz, fs=fs))[None]
            for middle in self.notches_hz(fs)
        )
        return np.ascontiguousarray(np.concatenate(parts), dtype=np.float64)

    def rms_samples(self, fs: float) -> int:
        """Return the length of the sliding root mean square, samples; 0 for none."""
        return max(1, round(self.rms_ms * 1e-3 * fs)) if self.rms_ms else 0

    def describe(self) -> str:
        """Return it in a few words, such as ``20–450 Hz · notch 50``."""
        parts = [tr(MONTAGE_WORDS[self.montage])]
        if self.remove_dc:
            parts.append(tr("no offset"))
        if self.highpass_hz and self.lowpass_hz:
            parts.append(f"{self.highpass_hz:g}–{self.lowpass_hz:g} Hz")
        elif self.highpass_hz:
            parts.append(f"> {self.highpass_hz:g} Hz")
        elif self.lowpass_hz:
            parts.append(f"< {self.lowpass_hz:g} Hz")
        if self.notch_hz:
            parts.append(tr("notch {hz:g}").format(hz=self.notch_hz))
        if self.rectify:
            parts.append(tr("absolute"))
        if self.rms_ms:
            parts.append(tr("RMS {ms:g} ms").format(ms=self.rms_ms))
        return " · ".join(part for part in parts if part) or tr("No filter")

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any], info: StreamInfo | None = None) -> ViewFilter:
        """Read what `to_json` wrote; what is missing is as by default.

        Raises
        ------
        SourceError
            When a value is of the wrong kind or makes no sense, or does not fit the stream `info`; one sentence.
        """
        if not isinstance(values, Mapping):
            raise SourceError(tr("A view filter cannot be read: it is no list of settings."))
        chosen = cls(**{f.name: _read(f.name, values[f.name], f.default) for f in fields(cls) if f.name in values})
        problem = chosen.check(info) if info is not None else ""
        if problem:
            raise SourceError(problem)
        return chosen


MONTAGE_WORDS: Mapping[Montage, str] = {
    "none": "",
    "common average": later("average"),
    "bipolar": later("bipolar"),
    "double differential": later("double diff."),
}
PRESETS: Mapping[str, ViewFilter] = {
    # 20 to 450 Hz: De Luca et al. 2010, «Filtering the surface EMG signal», J Biomech 43(8), and SENIAM's advice.
    "emg": ViewFilter(highpass_hz=20.0, lowpass_hz=450.0, notch_hz=50.0, notch_to_hz=500.0),
    # 1 to 70 Hz: what the American Clinical Neurophysiology Society's Guideline 1 asks of a routine display.
    "eeg": ViewFilter(highpass_hz=1.0, lowpass_hz=70.0, notch_hz=50.0, notch_to_hz=100.0, order=2),
    # The monitoring band of IEC 60601-2-27.
    "ecg": ViewFilter(highpass_hz=0.5, lowpass_hz=40.0, notch_hz=50.0, notch_to_hz=100.0, order=2),
    "envelope": ViewFilter(highpass_hz=20.0, lowpass_hz=450.0, notch_hz=50.0, notch_to_hz=500.0, rms_ms=100.0),
}
"""Filters to begin with; `preset` fits one to a stream."""


def preset(name: str, info: StreamInfo, mains_hz: float = 50.0) -> ViewFilter:
    """Return one of `PRESETS` for a stream: without corners that its rate is too low for, with the mains of the place.

    Raises
    ------
    KeyError
        When there is no preset of that name.
    """
    chosen = PRESETS[name]
    half = info.fs / 2
    chosen = replace(
        chosen, notch_hz=mains_hz, lowpass_hz=chosen.lowpass_hz if not half or chosen.lowpass_hz < half else 0.0
    )
    return chosen if not half or chosen.notches_hz(info.fs) else replace(chosen, notch_hz=0.0)


def _read(name: str, value: Any, default: Any) -> Any:
    """Return one setting, of the kind that its default has."""
    choices = {"montage": MONTAGES, "along": ALONGS}.get(name)
    if choices is not None:
        fits = isinstance(value, str) and value in choices
    elif isinstance(default, bool):
        fits = isinstance(value, bool)
    elif isinstance(default, int):
        fits = type(value) is int
    else:
        fits = type(value) in (int, float)
    if not fits:
        raise SourceError(
            tr("A view filter cannot be read: {name} is {value}.").format(name=name, value=repr(value)[:40])
        )
    try:
        return float(value) if isinstance(default, float) else value
    except OverflowError:
        raise SourceError(tr("A frequency or length of a filter is below 0 or no number.")) from None
