"""The engine's snapshot as judged figures for the latency and health panel."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..sources.health import StreamHealth
from ..sources.language import tr
from ..widgets.figures import age, grouped, hz, span
from ..widgets.latency_panel import Grade, HealthFigure, grade_of
from .state import EngineState, StreamState

RATE_PPM = (2000.0, 10_000.0)
"""How far the measured rate may be off: crystals are within 100 ppm, five seconds of blocks tell it within 2000."""
AGE_S = (0.1, 0.5)
"""Of the newest sample, s: above the first it is felt as a delay, above the second something stalls."""
DRAWN_S = (0.1, 0.5)
"""Of the newest sample on the screen, s."""
QUEUE = (0.1, 0.5)
"""How full the recorder's queue may be, of 1: full, samples are refused and become a named gap."""
SYNC_S = (15.0, 60.0)
"""Since a sender's clock was last compared, s: LSL does so every few seconds; clocks part by up to 0.1 ms a second."""
DISK_S = (30 * 60.0, 5 * 60.0)
"""How long the disk lasts, s."""
FRAME_MS = (16.7, 33.3)
"""To draw one frame, ms: 60 and 30 frames a second."""
LOST_SHARE = 0.001
"""Of all samples, lost: above it a gap is bad, below it is worth a look."""


def figures(
    state: EngineState, frame_ms: float, drawn_age_s: Mapping[str, float] | None = None
) -> tuple[HealthFigure, ...]:
    """Return all figures that can be told, stream by stream, then the recording's and the program's.

    Parameters
    ----------
    state
        The engine's snapshot.
    frame_ms
        What drawing one frame takes, ms.
    drawn_age_s
        By stream: how old the newest sample on the screen is, s; only of streams that are shown live.
    """
    found: list[HealthFigure] = []
    for stream in state.streams:
        found += _of_stream(stream, (drawn_age_s or {}).get(stream.name, math.nan))
    if state.recording is not None:
        found += _of_recording(state)
    return (*found, _frame(frame_ms))


def _of_stream(stream: StreamState, drawn_s: float) -> list[HealthFigure]:
    health, name = stream.health, stream.name
    found = []
    if health.nominal_hz:
        found.append(_rate(name, health))
        judged = grade_of(health.age_s, AGE_S) if health.state in ("live", "silent", "lost") else "none"
        tip = tr("How old the newest sample is. Above {look} worth a look, above {bad} bad: is the device on, is the"
                 " network busy, does another program take all of the processor?")  # fmt: skip
        found.append(
            HealthFigure(
                name, "age", tr("Newest sample"), health.age_s, tr("{age} old").format(age=age(health.age_s)), judged,
                _with_limits(tip, AGE_S), history=True, limits=AGE_S,
            )
        )  # fmt: skip
    if math.isfinite(drawn_s):
        tip = tr("How old the newest sample on the screen is. Above {look} worth a look, above {bad} bad: close views,"
                 " or make windows shorter.")  # fmt: skip
        found.append(
            HealthFigure(
                name, "drawn", tr("Newest drawn"), drawn_s, tr("{age} old").format(age=age(drawn_s)),
                grade_of(drawn_s, DRAWN_S), _with_limits(tip, DRAWN_S), history=True, limits=DRAWN_S,
            )
        )  # fmt: skip
    found.append(_gaps(name, health))
    if math.isfinite(health.sync_age_s):
        tip = tr("When the device's clock was last compared with this computer's. Above {look} worth a look, above"
                 " {bad} bad: timestamps drift apart. Is the device still in reach?")  # fmt: skip
        found.append(
            HealthFigure(
                name, "sync", tr("Last sync"), health.sync_age_s, tr("{age} ago").format(age=age(health.sync_age_s)),
                grade_of(health.sync_age_s, SYNC_S), _with_limits(tip, SYNC_S),
            )
        )  # fmt: skip
    return found


def _with_limits(tip: str, limits: tuple[float, float]) -> str:
    return tip.format(look=span(limits[0]), bad=span(limits[1]))


def _rate(name: str, health: StreamHealth) -> HealthFigure:
    off = (health.rate_hz / health.nominal_hz - 1) * 1e6
    text = f"{hz(health.nominal_hz)}, – ppm"
    if math.isfinite(off):
        text = f"{health.rate_hz:.2f} Hz {off:+z,.0f} ppm" if abs(off) < 1e5 else f"{health.rate_hz:.2f} Hz"
    tip = tr("Measured over the last 5 s by the device's own timestamps, and how far off {nominal} that is. Above"
             " {look} ppm worth a look, above {bad} ppm bad: samples get lost, or the rate is wrong.")  # fmt: skip
    return HealthFigure(
        name, "rate", tr("Rate"), off, text, grade_of(abs(off), RATE_PPM),
        tip.format(nominal=hz(health.nominal_hz), look=grouped(int(RATE_PPM[0])), bad=grouped(int(RATE_PPM[1]))),
    )  # fmt: skip


def _gaps(name: str, health: StreamHealth) -> HealthFigure:
    n_all = health.n_received + health.n_lost
    share = health.n_lost / n_all if n_all else 0.0
    judged: Grade = "good" if not health.n_gaps else "bad" if share > LOST_SHARE else "warn"
    text = tr("none")
    if health.n_gaps:
        text = tr("{gaps} · {samples} samples").format(gaps=grouped(health.n_gaps), samples=grouped(health.n_lost))
    tip = tr("Interruptions since the first connection, and samples lost in them. Any is worth a look, more than"
             " {share} % of all samples is bad: come nearer to the receiver, use a cable, close programs.")  # fmt: skip
    return HealthFigure(
        name, "gaps", tr("Gaps"), float(health.n_lost), text, judged, tip.format(share=f"{100 * LOST_SHARE:g}")
    )  # fmt: skip


def _of_recording(state: EngineState) -> list[HealthFigure]:
    status = state.recording
    if status is None:
        return []
    group, fraction, left = tr("Recording"), status.queue_fraction, status.disk_seconds_left
    queue_tip = tr("How full the queue before the disk is. Above {look} % worth a look, above {bad} % bad: the disk is"
                   " too slow. Full, samples are left out, as a named gap. Record to another disk.")  # fmt: skip
    disk_tip = tr("How long the disk lasts at this rate. Below {look} worth a look, below {bad} bad: make room, or stop"
                  " and record to another disk.")  # fmt: skip
    text = tr("{minutes} min").format(minutes=grouped(int(left / 60))) if math.isfinite(left) else "–"
    found = [
        HealthFigure(
            group, "queue", tr("Queue"), fraction, f"{100 * fraction:5.1f} %", grade_of(fraction, QUEUE),
            queue_tip.format(look=f"{100 * QUEUE[0]:g}", bad=f"{100 * QUEUE[1]:g}"), history=True, limits=QUEUE,
        ),
        HealthFigure(
            group, "disk", tr("Disk left"), left / 60, text, grade_of(left, DISK_S), _with_limits(disk_tip, DISK_S)
        ),
    ]  # fmt: skip
    if status.error:
        found.append(HealthFigure(group, "error", tr("Problem"), math.nan, tr("see the tip"), "bad", status.error))
    return found


def _frame(frame_ms: float) -> HealthFigure:
    tip = tr("What drawing one picture takes. Above {look} ms worth a look, above {bad} ms bad: close views, show fewer"
             " channels. Acquisition and recording do not wait for it.")  # fmt: skip
    text = f"{frame_ms:5.1f} ms" if math.isfinite(frame_ms) else "–"
    return HealthFigure(
        tr("Program"), "frame", tr("Frame"), frame_ms, text, grade_of(frame_ms, FRAME_MS),
        tip.format(look=f"{FRAME_MS[0]:g}", bad=f"{FRAME_MS[1]:g}"), history=True, limits=FRAME_MS,
    )  # fmt: skip
