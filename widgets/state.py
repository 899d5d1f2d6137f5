"""How a stream is doing, as a shape, a word and a colour together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..sources.health import StreamHealth
from ..sources.language import tr
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
            return StateView("triangle", "warn", tr("back after {time}").format(time=span(health.back_after_s)), detail)
        case "live":
            return StateView("circle", "good", tr("live"), detail)
        case "silent":
            return StateView("triangle", "warn", tr("silent for {time}").format(time=span(health.age_s)), detail)
        case "held":
            return StateView("square", "accent", tr("held"), detail)
        case "lost":
            return StateView("cross", "bad", tr("lost, trying again"), detail)
        case "failed":
            return StateView("cross", "bad", tr("failed"), detail)
        case "ended":
            return StateView("square", "muted", tr("ended"), detail)
        case "stopped":
            return StateView("square", "muted", tr("stopped"), detail)
        case "connecting":
            return StateView("ring", "accent", tr("connecting"), detail)
        case _:
            return StateView("square", "muted", tr("not connected"), detail)


def _just_back(health: StreamHealth) -> bool:
    if not health.back_after_s or not health.gaps:
        return False
    return health.newest - health.gaps[-1].t_last < BACK_SHOWN_S
