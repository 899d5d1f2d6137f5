"""What a report holds: a frozen account of a session and of each of its streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .about import About
from .clocks import ClockFigures
from .figures import SampleFigures
from .gaps import Gap
from .layout import plain
from .timing import TimeFigures
from .verdicts import Figure, Verdict, worst

MOST_GAPS = 200


@dataclass(frozen=True)
class StreamReport:
    """One stream of a session.

    Parameters
    ----------
    name
        Of its group.
    summary
        As `Session.report` has it: ``n_samples``, ``n_channels``, ``fs``, ``unit``, ``duration_s``, ``n_gaps``,
        ``n_lost``.
    source
        The source's one-string name.
    labels
        Names of the channels.
    n_expected
        Samples that rate and time ask for; None for an irregular stream.
    gaps
        The first two hundred.
    by_cause
        Number of gaps and of samples lost, by cause.
    times, samples, clock
        What was measured.
    verdicts
        By channel, for ``flat``, ``clipped`` and ``missing``.
    figures
        The lines of the report.
    view_filter
        Through what it was looked at, in words; empty where nobody said.
    stored
        How its samples lie on the disk, in words.
    """

    name: str
    summary: Mapping[str, Any]
    source: str
    labels: tuple[str, ...]
    n_expected: int | None
    gaps: tuple[Gap, ...]
    by_cause: Mapping[str, tuple[int, int]]
    times: TimeFigures
    samples: SampleFigures
    clock: ClockFigures
    verdicts: Mapping[str, list[Verdict]]
    figures: tuple[Figure, ...]
    view_filter: str
    stored: str

    @property
    def verdict(self) -> Verdict:
        """The worst of its figures."""
        return worst(figure.verdict for figure in self.figures)

    def to_json(self) -> dict[str, Any]:
        """Return what a report keeps of it."""
        channels, times = self.samples.channels, self.times
        values: dict[str, Any] = plain(
            {
                **self.summary,
                "verdict": self.verdict,
                "source": self.source,
                "n_expected": self.n_expected,
                "n_delivered": self.summary["n_samples"] + self.summary["n_lost"],
                "n_duplicates": times.n_duplicates,
                "n_backwards": times.n_backwards,
                "rate_hz": times.rate_hz,
                "drift_ppm": times.drift_ppm,
                "drift_uncertainty_ppm": times.drift_uncertainty_ppm,
                "jitter_sd_ms": times.jitter_sd_ms,
                "jitter_p99_ms": times.jitter_p99_ms,
                "source_clock": self.clock.__dict__,
                "chunks": {"n": self.samples.n_chunks, "n_checked": self.samples.n_checked},
                "wrong": [wrong._asdict() for wrong in self.samples.wrong[:MOST_GAPS]],
                "gaps": [gap.to_json() for gap in self.gaps],
                "gaps_by_cause": {cause: {"n": n, "n_lost": lost} for cause, (n, lost) in self.by_cause.items()},
                "view_filter": self.view_filter,
                "stored": self.stored,
                "figures": {figure.key: figure.to_json() for figure in self.figures},
                "channels": {
                    "name": list(self.labels),
                    **{key: _digits(getattr(channels, key)) for key in channels.__dataclass_fields__},
                    "verdicts": {key: list(verdicts) for key, verdicts in self.verdicts.items()},
                },
                "strips": list(self.samples.strips),
                "residuals_ms": [list(point) for point in times.residuals],
            }
        )
        return values


@dataclass(frozen=True)
class Report:
    """One session, checked.

    Parameters
    ----------
    path
        Its folder; of a session behind a URL a temporary one.
    where
        Its folder or URL, for a person.
    checked
        When, UTC, ISO 8601.
    summary
        As `Session.report` has it, without the streams: ``uuid``, ``created``, ``state``.
    about
        What a person says of it.
    duration_s
        From the first sample to the last, s.
    span
        First and last moment, s, LSL clock.
    n_bytes
        On the disk, all files.
    n_events
        Events noted.
    streams
        Its streams.
    figures
        Lines about the session as a whole.
    problems
        What contradicts itself, in sentences; the session is in order when there is none.
    notes
        What is worth knowing besides, in sentences.
    """

    path: Path
    where: str
    checked: str
    summary: Mapping[str, Any]
    about: About
    duration_s: float
    span: tuple[float, float]
    n_bytes: int
    n_events: int
    streams: tuple[StreamReport, ...]
    figures: tuple[Figure, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every file bears out every other one: what was recorded is there, or named as missing."""
        return not self.problems

    @property
    def verdict(self) -> Verdict:
        """The worst of everything; ``bad`` when there is a problem."""
        if self.problems:
            return "bad"
        return worst([*(s.verdict for s in self.streams), *(f.verdict for f in self.figures)])

    @property
    def concerns(self) -> list[Figure]:
        """Figures that are not ok, of the session and of all streams, the worst first."""
        found = [*self.figures, *(figure for stream in self.streams for figure in stream.figures)]
        return sorted((f for f in found if f.verdict != "ok"), key=lambda f: f.verdict != "bad")

    def to_json(self) -> dict[str, Any]:
        """Return what ``myoscope check --json`` prints, and ``report.json`` keeps."""
        values: dict[str, Any] = plain(
            {
                **self.summary,
                "ok": self.ok,
                "verdict": self.verdict,
                "problems": list(self.problems),
                "notes": list(self.notes),
                "checked": self.checked,
                "folder": self.path.name,
                "duration_s": self.duration_s,
                "n_bytes": self.n_bytes,
                "n_events": self.n_events,
                "about": self.about.to_json(),
                "figures": {figure.key: figure.to_json() for figure in self.figures},
            }
        )
        # Each stream is plain already, and deeper than the rest.
        values["streams"] = {stream.name: stream.to_json() for stream in self.streams}
        return values


def _digits(values: NDArray[np.float64]) -> list[float]:
    """Return numbers with as many digits as anybody reads."""
    return [float(f"{value:.6g}") for value in values]
