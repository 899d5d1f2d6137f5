"""Verdicts on timestamps and clocks: order, jitter, drift, offsets."""

from __future__ import annotations

import math

from ..sources.language import later
from .clocks import ClockFigures
from .timing import TimeFigures
from .verdicts import Figure, Verdict, graded, worst

JITTER_MS = (5.0, 50.0)
DRIFT_PPM = (500.0, 20_000.0)
"""Quartz clocks stay within some 100 ppm; more is a rate that is not the one announced."""
OFFSET_MS = (5.0, 50.0)


def time_figures(times: TimeFigures, fs: float) -> list[Figure]:
    """Return order, jitter and drift."""
    n = times.n_duplicates
    twice: Verdict = "look" if n and fs else "ok"
    advice = later("No two samples share a moment.")
    if n:
        advice = later("Samples in a row share a timestamp. Does the source stamp whole packets, or send them twice?")
    if n and not fs:
        advice = later("The stream has no steady rate: two samples may share a moment.")
    figures = [Figure("duplicates", later("Timestamps twice"), f"{n:,}", twice, advice)]
    n = times.n_backwards
    advice = later("Time only goes forward.")
    if n:
        advice = later("Time runs backwards. Order by timestamp before you analyse, and check the source's clock.")
    figures.append(Figure("backwards", later("Timestamps backwards"), f"{n:,}", "bad" if n else "ok", advice))
    if not fs or not math.isfinite(times.jitter_p99_ms + times.drift_ppm):
        return figures
    p99 = times.jitter_p99_ms
    verdict = graded(p99, (max(JITTER_MS[0], 1500 / fs), max(JITTER_MS[1], 3000 / fs)))
    advice = later("Timestamps lie on a straight line, 99 % of them to {p99}.")
    if verdict != "ok":
        advice = later("Timestamps scatter by {p99}: mind that when you align this stream with another.")
    value = f"{_ms(times.jitter_sd_ms)} SD · {_ms(p99)} p99"
    figures.append(Figure("jitter", later("Jitter"), value, verdict, advice, {"p99": _ms(p99)}))
    return [*figures, _drift(times)]


def _ms(value: float) -> str:
    return f"{value:.3g} ms" if value >= 1e-3 else "< 0.001 ms"


def _drift(times: TimeFigures) -> Figure:
    ppm, unsure = times.drift_ppm, times.drift_uncertainty_ppm
    value = f"{times.rate_hz:,.3f} Hz · {round(ppm):+,} ± {math.ceil(unsure):,} ppm"
    values = {"ppm": ppm, "unsure": unsure}
    verdict = graded(max(0.0, abs(ppm) - unsure), DRIFT_PPM)
    if verdict != "ok":
        advice = later("The device runs {ppm:+,.0f} ppm off its announced rate. Go by timestamps, not by counts.")
    elif unsure > DRIFT_PPM[0]:
        advice = later("Too short to tell a drift: it may be off by {unsure:,.0f} ppm.")
    else:
        advice = later("The rate is the one announced, as near as quartz clocks are.")
    return Figure("drift", later("Rate and drift"), value, verdict, advice, values)


def source_clock_figure(clock: ClockFigures) -> Figure | None:
    """Return how the device's own clock ran, where that was noted."""
    if not clock.n:
        return None
    unsure = 1e3 * clock.uncertainty_s
    drift = f" · {clock.drift_ppm:+,.1f} ppm" if math.isfinite(clock.drift_ppm) else ""
    value = f"{1e3 * clock.offset_s:+,.3f} ± {unsure if math.isfinite(unsure) else 0:.3g} ms{drift}"
    verdict = worst(("look" if clock.steps_s else "ok", graded(unsure, OFFSET_MS)))
    advice = later("It was compared with our clock {n:,} ×; the offsets are in clock.jsonl.")
    if clock.steps_s:
        advice = later("Its clock was set meanwhile ({n_steps} ×). Align by clock.jsonl, and see to its source.")
    elif verdict != "ok":
        advice = later("How far its clock is off is only known to {unsure:.3g} ms: use a cable instead of Wi-Fi.")
    return Figure(
        "source_clock", later("Clock of the device"), value, verdict, advice,
        {"n": clock.n, "n_steps": len(clock.steps_s), "unsure": unsure},
    )  # fmt: skip
