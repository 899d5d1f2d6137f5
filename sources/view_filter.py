"""What is done to a stream before it is shown. The recording never sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Montage = Literal["none", "common average", "bipolar", "double differential"]


@dataclass(frozen=True)
class ViewFilter:
    """How a stream is filtered for the eye.

    Parameters
    ----------
    highpass_hz, lowpass_hz
        Corner frequencies, Hz; 0 for none.
    notch_hz
        Mains frequency that is taken out, with its harmonics, Hz; 0 for none.
    montage
        What is subtracted from what.
    rectify
        Show absolute values.
    rms_ms
        Length of a sliding root mean square, ms; 0 for none.
    remove_dc
        Take a slow mean away.
    """

    highpass_hz: float = 0.0
    lowpass_hz: float = 0.0
    notch_hz: float = 0.0
    montage: Montage = "none"
    rectify: bool = False
    rms_ms: float = 0.0
    remove_dc: bool = False

    @property
    def is_off(self) -> bool:
        """Whether everything is shown as it comes."""
        return self == ViewFilter()
