"""How a stream is doing, as a shape, a word and a colour together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..sources.health import StreamHealth
from .figures import span

Shape = Literal["circle", "ring", "triangle", "square", "cross"]
BACK_SHOWN_S = 10.0


@dataclass(frozen=True)
class StateView:
    """What is drawn for a state.

    Parameters
    ----------
    shape
        Tells states apart without colour.
    role
        Colour role.
    words
        One or a few words.
    detail
        One sentence for a tooltip; may be empty.
    """

    shape: Shape
    role: str
    words: str
    detail: str = ""


def state_view(health: StreamHealth) -> StateView:
    """Return how to show a stream's health."""
    detail = health.message
    match health.state:
        case "live" if _just_back(health):
            return StateView("triangle", "warn", f"back after {span(health.back_after_s)}", detail)
        case "live":
            return StateView("circle", "good", "live", detail)
        case "silent":
            return StateView("triangle", "warn", f"silent for {span(health.age_s)}", detail)
        case "held":
            return StateView("square", "accent", "held", detail)
        case "lost":
            return StateView("cross", "bad", "lost, trying again", detail)
        case "failed":
            return StateView("cross", "bad", "failed", detail)
        case "ended":
            return StateView("square", "muted", "ended", detail)
        case "stopped":
            return StateView("square", "muted", "stopped", detail)
        case "connecting":
            return StateView("ring", "accent", "connecting", detail)
        case _:
            return StateView("square", "muted", "not connected", detail)


def _just_back(health: StreamHealth) -> bool:
    if not health.back_after_s or not health.gaps:
        return False
    return health.newest - health.gaps[-1].t_last < BACK_SHOWN_S
