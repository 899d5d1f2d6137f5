"""How a spectrogram is shown, and what of it can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from ..sources.language import later
from .colour_map import MAPS
from .options import Option

DETAIL_S = {"time": 0.125, "balanced": 0.25, "frequency": 0.5}
HIGHEST_HZ = (0.0, 50.0, 100.0, 250.0, 500.0, 1000.0)
ALLOWED = {"what": ("one", "mean"), "colours": MAPS, "detail": tuple(DETAIL_S), "highest_hz": HIGHEST_HZ}
OPTIONS = (
    Option(
        "colours",
        later("Colours"),
        later("Viridis and Cividis are told apart by all eyes"),
        tuple((name, name) for name in MAPS),
    ),
    Option(
        "detail",
        later("Finer in"),
        later("Longer pieces of signal tell frequencies apart, shorter ones moments"),
        (("time", later("Time")), ("balanced", later("Both")), ("frequency", later("Frequency"))),
    ),
    Option(
        "highest_hz",
        later("Up to"),
        later("Where the frequency axis ends"),
        tuple((hz, f"{hz:g} Hz" if hz else later("All")) for hz in HIGHEST_HZ),
    ),
)


@dataclass(frozen=True)
class SpectrogramSettings:
    """How a spectrogram is shown.

    Parameters
    ----------
    what
        ``one`` channel, or the ``mean`` of all.
    channel
        The device's name of the one; the first that is shown where there is none of that name.
    colours
        Name of a colour map.
    detail
        ``time``, ``balanced`` or ``frequency``.
    highest_hz
        End of the axis, Hz; 0 for all.
    locked
        Whether colours stay as they are.
    low_db, high_db
        What the first and the last colour stand for while locked, dB.
    """

    what: str = "one"
    channel: str = ""
    colours: str = "Viridis"
    detail: str = "balanced"
    highest_hz: float = 0.0
    locked: bool = False
    low_db: float = 0.0
    high_db: float = 0.0
