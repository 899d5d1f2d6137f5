"""How a spectrum is shown, and what of it can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from ..sources.language import later
from ..sources.spectrum import WINDOWS, Window
from .options import Option

RESOLUTIONS_HZ = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
HIGHEST_HZ = (0.0, 50.0, 100.0, 250.0, 500.0, 1000.0)
ALLOWED = {
    "what": ("shown", "mean", "one"),
    "resolution_hz": RESOLUTIONS_HZ,
    "window": WINDOWS,
    "mains": ("auto", "50", "60", "off"),
    "highest_hz": HIGHEST_HZ,
}
OPTIONS = (
    Option("decibels", later("Decibels"), later("Power in dB, or as it is")),
    Option("log_frequency", later("Logarithmic frequency"), later("As much room for 10 to 100 Hz as for 100 to 1000")),
    Option("peak_hold", later("Hold the highest"), later("A faint line keeps the highest power seen")),
    Option(
        "mains",
        later("Mains lines"),
        later("Mark 50 or 60 Hz and their multiples; found by themselves when they stand out"),
        (("auto", later("By itself")), ("50", "50 Hz"), ("60", "60 Hz"), ("off", later("Off"))),
    ),
    Option(
        "resolution_hz",
        later("Resolution"),
        later("Distance between frequencies, at most. Finer ones are averaged over fewer segments."),
        tuple((hz, f"{hz:g} Hz" if hz else later("By itself")) for hz in RESOLUTIONS_HZ),
    ),
    Option(
        "highest_hz",
        later("Up to"),
        later("Where the frequency axis ends"),
        tuple((hz, f"{hz:g} Hz" if hz else later("All")) for hz in HIGHEST_HZ),
    ),
    Option(
        "window",
        later("Weights"),
        later("What each segment is multiplied with before it is transformed"),
        (("hann", "Hann"), ("hamming", "Hamming"), ("boxcar", later("None"))),
    ),
)


@dataclass(frozen=True)
class SpectrumSettings:
    """How a spectrum is shown.

    Parameters
    ----------
    what
        ``shown`` channels, ``mean`` of all, or ``one``.
    channel
        The device's name of the one.
    decibels, log_frequency, peak_hold
        As they say.
    resolution_hz
        Distance of frequencies, Hz; 0 for a sensible one.
    window
        As SciPy names it.
    mains
        ``auto``, ``50``, ``60`` or ``off``.
    highest_hz
        End of the axis, Hz; 0 for all.
    """

    what: str = "shown"
    channel: str = ""
    decibels: bool = True
    log_frequency: bool = False
    peak_hold: bool = False
    resolution_hz: float = 0.0
    window: Window = "hann"
    mains: str = "auto"
    highest_hz: float = 0.0
