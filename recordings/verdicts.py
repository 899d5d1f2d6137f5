"""From measures to figures with a verdict: ok, worth a look, or bad, and a sentence that says what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..sources.info import StreamInfo
from ..sources.language import later
from ..sources.quality_limits import FLATTEST_UV, MICROVOLTS, QualityLimits
from . import gaps as causes
from .figures import ChannelFigures, SampleFigures
from .gaps import Gap

Verdict = Literal["ok", "look", "bad"]
ORDER: tuple[Verdict, ...] = ("ok", "look", "bad")

LOST = (0.0, 0.01)
"""Shares of samples lost in named gaps that are worth a look, and bad: above the first, above the second."""
OFF_THE_CLOCK = (0.001, 0.02)
OFF_THE_CLOCK_S = 0.05
"""So much may come late or early at the ends of a recording, s: devices deliver in packets."""
MISSING = (0.0, 0.01)
LONG_FLAT_S = 1.0
MOST_NAMES = 6

ADVICE: Mapping[str, str] = {
    causes.DEVICE: later("the device or its radio lost them: bring the receiver closer, or use a cable."),
    causes.RECONNECTED: later("the device was away: check its battery, cable and distance."),
    causes.QUEUE_FULL: later("the disk was too slow: record to a faster one."),
    causes.DISK_FULL: later("the disk was full: free space before the next take."),
    causes.WRITE_ERROR: later("the disk failed: check it before the next take."),
    causes.NOT_OURS: later("the source sent blocks in another shape than announced: check its settings."),
    causes.INTERRUPTED: later("the program or computer stopped before they reached the disk."),
    causes.UNNAMED: later("nobody knows why: check the session against a copy."),
}


@dataclass(frozen=True)
class Figure:
    """One line of a report.

    Parameters
    ----------
    key
        Its name for a program.
    title
        What it is, in English; whoever shows it in another language calls `tr`.
    value
        As a person reads it.
    verdict
        ``ok``, ``look`` or ``bad``.
    advice
        A sentence that says what it means and what to do; with names in braces, which `values` fill.
    values
        What goes into `advice`; texts among them that are in English as well are in `words`.
    words
        More of what goes into `advice`: texts of ours, to be translated as it is.
    phrase
        What `value` was made of where it is words and not figures; to be translated, and filled by `values`.
    """

    key: str
    title: str
    value: str
    verdict: Verdict
    advice: str
    values: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    phrase: str = ""

    @property
    def sentence(self) -> str:
        """What it means and what to do, in English."""
        return self.advice.format(**self.values, **self.words)

    def to_json(self) -> dict[str, str]:
        """Return what a report keeps of it."""
        return {"title": self.title, "value": self.value, "verdict": self.verdict, "advice": self.sentence}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts; ``ok`` where there is none."""
    return max(verdicts, key=ORDER.index, default="ok")


def graded(value: float, limits: tuple[float, float]) -> Verdict:
    """Return the verdict on a number that should be small; what is not known is no reason to worry."""
    if not math.isfinite(value) or value <= limits[0]:
        return "ok"
    return "bad" if value > limits[1] else "look"


# Counts and gaps


def counted(n_samples: int, n_lost: int) -> Figure:
    """Return how many of the samples that the device delivered are there."""
    delivered = n_samples + n_lost
    share = n_lost / delivered if delivered else 0.0
    advice = later("Every sample that was delivered is in the recording.")
    if n_lost:
        advice = later("{lost:,} of {delivered:,} samples ({percent:.3g} %) are missing, each inside a named gap.")
    if not delivered:
        advice = later("Nothing came. Was the device sending?")
    return Figure(
        "samples", later("Samples recorded"), f"{n_samples:,} / {delivered:,}",
        graded(share, LOST) if delivered else "look", advice,
        {"lost": n_lost, "delivered": delivered, "percent": 100 * share},
    )  # fmt: skip


def by_the_clock(n_delivered: int, expected: int, fs: float) -> Figure:
    """Return how many samples rate and time ask for."""
    off = n_delivered - expected
    share = abs(off) / max(1, expected)
    near = abs(off) <= max(2.0, OFF_THE_CLOCK_S * fs)
    advice = later("The rate times the time on the clock gives as many samples as came.")
    if off < 0:
        advice = later("By the clock {off:,} more should have come: the device is slow, or loses some unsaid.")
    elif off > 0:
        advice = later("By the clock {off:,} fewer should have come: the device is faster than it says.")
    verdict = "ok" if near else graded(share, OFF_THE_CLOCK)
    if verdict == "ok":
        advice = later("The rate times the time on the clock gives as many samples as came.")
    return Figure(
        "by_the_clock", later("Samples by the clock"), f"{expected:,} ({off:+,})", verdict, advice, {"off": abs(off)}
    )


def gaps_by_cause(gaps: Sequence[Gap]) -> dict[str, tuple[int, int]]:
    """Return how many gaps there are of each cause, and how many samples they cost; the dearest first."""
    each: dict[str, list[int]] = {}
    for gap in gaps:
        each.setdefault(gap.cause, []).append(gap.n_lost)
    found = {cause: (len(lost), sum(lost)) for cause, lost in each.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1][1]))


def gap_figure(gaps: Sequence[Gap], n_samples: int) -> Figure:
    """Return the gaps, and what to do about the cause that cost most."""
    title = later("Gaps")
    if not gaps:
        return Figure("gaps", title, "0", "ok", later("Nothing is missing."))
    by_cause = gaps_by_cause(gaps)
    n_lost = sum(gap.n_lost for gap in gaps)
    listed = ", ".join(f"{cause[:60]}: {n:,} ({lost:,})" for cause, (n, lost) in list(by_cause.items())[:8])
    first = next(iter(by_cause))
    return Figure(
        "gaps", title, f"{len(gaps):,} ({n_lost:,})",
        worst(("look", graded(n_lost / max(1, n_samples + n_lost), LOST))),
        later("By cause, with samples lost: {listed}. Most often {todo}"),
        {"listed": listed}, {"todo": ADVICE.get(first, later("see the list of gaps."))},
    )  # fmt: skip


# Channels


def channel_verdicts(figures: ChannelFigures, info: StreamInfo) -> dict[str, list[Verdict]]:
    """Return for each channel whether it is flat, clipped, or has samples missing; limits as in `QualityLimits`."""
    limits, n = QualityLimits(), info.n_channels
    if len(info.sample_shape) > 1 or not info.fs:
        # Pictures, places, and what comes now and then may well stand still.
        return {"flat": ["ok"] * n, "clipped": ["ok"] * n, "missing": _grades(figures.missing, MISSING)}
    flat = _grades(figures.flat, limits.flat, inclusive=True)
    microvolts = MICROVOLTS.get(info.unit, math.nan)
    for i in range(n):
        if microvolts * figures.spread[i] < FLATTEST_UV or figures.lowest[i] == figures.highest[i]:
            flat[i] = "bad"
        elif flat[i] == "ok" and figures.longest_flat[i] >= LONG_FLAT_S * info.fs:
            flat[i] = "look"
    clipped = _grades(figures.clipped, limits.saturated, inclusive=True)
    # A channel that is stuck at the device's limit is overdriven rather than off.
    flat = ["ok" if clipped[i] == "bad" else verdict for i, verdict in enumerate(flat)]
    return {"flat": flat, "clipped": clipped, "missing": _grades(figures.missing, MISSING)}


def _grades(values: NDArray[np.float64], limits: tuple[float, float], *, inclusive: bool = False) -> list[Verdict]:
    lower = (np.nextafter(limits[0], -1), np.nextafter(limits[1], -1)) if inclusive else limits
    return [graded(float(value), (float(lower[0]), float(lower[1]))) for value in values]


def channel_figures(figures: SampleFigures, info: StreamInfo) -> list[Figure]:
    """Return flat and clipped channels, and samples that are no numbers."""
    channels, verdicts = figures.channels, channel_verdicts(figures.channels, info)
    said = [
        (
            "flat", later("Flat channels"), later("Every channel moves."),
            later("They stand still for long: check electrode, cable and gain of {listed}."), channels.flat,
        ),
        (
            "clipped", later("Clipped channels"), later("No channel is cut off at the device's limits."),
            later("They are cut off: choose less gain or a larger range for {listed}."), channels.clipped,
        ),
        (
            "missing", later("Values missing"), later("Every value is a number."),
            later("Values are missing (NaN) in {listed}: the source sends none at times."), channels.missing,
        ),
    ]  # fmt: skip
    found = []
    for key, title, good, bad, shares in said:
        concerned = [i for i, verdict in enumerate(verdicts[key]) if verdict != "ok"]
        # The worst first.
        concerned = [i for i in np.argsort(-np.nan_to_num(shares), kind="stable").tolist() if i in set(concerned)]
        listed = _listed([f"{info.labels[i][:40]} ({100 * shares[i]:.3g} %)" for i in concerned])
        value = f"{len(concerned)} / {info.n_channels}"
        found.append(Figure(key, title, value, worst(verdicts[key]), bad if concerned else good, {"listed": listed}))
    return found


def checksum_figure(figures: SampleFigures) -> Figure:
    """Return whether the samples are what was recorded."""
    n, wrong = figures.n_chunks, {w.first for w in figures.wrong}
    in_order = n - len(wrong) if wrong else figures.n_checked
    value = f"{in_order:,} / {n:,}"
    verdict: Verdict = "ok"
    advice = later("Every chunk is what was recorded, to the last bit.")
    if wrong:
        verdict = "bad"
        advice = later("Not what was recorded, or not to be read: {n_wrong:,}. Restore them from a copy.")
    elif figures.n_checked < n:
        verdict = "look"
        advice = later("Without a checksum: {n_unknown:,} of {n:,}. The recording was interrupted, or is still on.")
    values = {"n_wrong": len(wrong), "n_unknown": n - figures.n_checked, "n": n}
    return Figure("checksums", later("Chunks in order"), value, verdict, advice, values)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMES]) + (f", … ({len(names)})" if len(names) > MOST_NAMES else "")
