"""Verdicts on a session as a whole: its state, its manifest, the time of day."""

from __future__ import annotations

import math

from ..sources.language import later
from .clocks import ClockFigures
from .manifest import Verified
from .session import Session
from .verdicts import Figure, Verdict


def session_figures(session: Session, verified: Verified, utc: ClockFigures) -> tuple[Figure, ...]:
    """Return the lines about a session as a whole."""
    return tuple(figure for figure in (_state(session), _seal(session, verified), _time_of_day(utc)) if figure)


def _state(session: Session) -> Figure:
    title, state = later("State"), session.state
    if session.live:
        return Figure("state", title, "recording", "look", later("It is still being recorded; check it again later."))
    if state == "recovered":
        advice = later("It was interrupted and recovered: {found}")
        return Figure("state", title, state, "look", advice, {"found": session.recovered})
    if session.ended:
        advice = later("It ended early: {why}.")
        return Figure("state", title, state, "look", advice, {"why": session.ended[:200]})
    return Figure("state", title, state, "ok", later("It was closed properly."))


def _seal(session: Session, verified: Verified) -> Figure | None:
    title = later("Files sealed")
    if session.live or session.url:
        return None
    broken = [fault for fault in verified.faults if fault.kind != "derived"]
    if broken:
        advice = later("Not what was sealed: {n:,}. Restore them from a copy.")
        n = len(verified.manifest.files) if verified.manifest is not None else 0
        value = f"{n - len(broken):,} / {n:,}" if n else "–"
        return Figure("manifest", title, value, "bad", advice, {"n": len(broken)})
    if verified.manifest is None:
        advice = later(
            "Only samples and timestamps are covered by checksums. To seal all files: myoscope check --seal."
        )
        return Figure("manifest", title, "–", "ok", advice)
    n = len(verified.manifest.files)
    if verified.faults:
        advice = later("Damaged, and can be made again: {n:,}. No recorded sample is in them.")
        return Figure("manifest", title, f"{n:,}", "look", advice, {"n": len(verified.faults)})
    advice = later("Every file is what was sealed, to the last bit (SHA-256).")
    return Figure("manifest", title, f"{n:,}", "ok", advice)


def _time_of_day(utc: ClockFigures) -> Figure | None:
    if not utc.n:
        return None
    drift = f"{utc.drift_ppm:+,.1f} ppm" if math.isfinite(utc.drift_ppm) else f"n = {utc.n:,}"
    verdict: Verdict = "ok"
    advice = later("The computer's time of day and the clock of the timestamps ran side by side.")
    if utc.steps_s:
        verdict = "look"
        advice = later(
            "The time of day was set by {steps} s meanwhile. Timestamps are by another clock and unaffected."
        )
    steps = ", ".join(f"{step:+.3g}" for step in utc.steps_s[:4])
    return Figure("time_of_day", later("Time of day"), drift, verdict, advice, {"steps": steps})
