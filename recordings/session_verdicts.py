"""Verdicts on a session as a whole: its state, its manifest, the time of day."""

from __future__ import annotations

import math

from ..sources.language import later
from .clocks import ClockFigures
from .manifest import Verified
from .session import Session
from .verdicts import Figure, Verdict

STATES = {"recording": later("recording"), "complete": later("complete"), "recovered": later("recovered")}


def session_figures(session: Session, verified: Verified, utc: ClockFigures) -> tuple[Figure, ...]:
    """Return the lines about a session as a whole."""
    return tuple(figure for figure in (_state(session), _seal(session, verified), _time_of_day(utc)) if figure)


def _state(session: Session) -> Figure:
    state, values = session.state, {}
    verdict: Verdict = "look"
    if session.live:
        state, advice = "recording", later("It is still being recorded; check it again later.")
    elif state == "recovered":
        advice, values = later("It was interrupted and recovered: {found}"), {"found": session.recovered}
    elif session.ended:
        advice, values = later("It ended early: {why}."), {"why": session.ended[:200]}
    else:
        advice, verdict = later("It was closed properly."), "ok"
    return Figure("state", later("State"), state, verdict, advice, values, phrase=STATES[state])


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
    verdict: Verdict = "ok"
    phrase = later("was not set meanwhile")
    advice = later("Nobody set the computer's time of day while this was recorded.")
    if math.isfinite(utc.drift_ppm):
        advice = later(
            "Nobody set the computer's time of day while this was recorded. It and the clock of the timestamps came"
            " apart by {per_hour} s an hour."
        )
    if utc.n == 1:
        phrase, advice = later("noted once"), later("It was noted only once, so nobody knows whether it was set.")
    if utc.steps_s:
        phrase, verdict = later("was set by {steps} s"), "look"
        advice = later(
            "The computer's time of day was set by {steps} s while this was recorded. Timestamps are by another clock"
            " and unaffected."
        )
    steps = ", ".join(f"{step:+,.3g}" if abs(step) < 1000 else f"{step:+,.0f}" for step in utc.steps_s[:4])
    values = {"steps": steps, "per_hour": f"{abs(utc.drift_ppm) * 3600e-6:.2g}"}
    return Figure(
        "time_of_day", later("Clock of the computer"), phrase.format(**values), verdict, advice, values, phrase=phrase
    )
