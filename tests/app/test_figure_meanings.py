"""Each figure of a report is explained where it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from myoscope.app.figure_meanings import MEANINGS
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.report import make_report
from myoscope.sources import StreamInfo

RECORDINGS = Path(__file__).resolve().parents[2] / "recordings"


def test_every_figure_that_there_can_be_has_a_meaning():
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(RECORDINGS.glob("*verdicts.py")))
    keys = set(re.findall(r'Figure\(\s*"(\w+)"', source)) | {"flat", "clipped", "missing"}
    assert len(keys) > 10
    assert keys == set(MEANINGS)


def test_every_figure_of_a_report_has_a_meaning(tmp_path):
    with SessionBuilder(tmp_path / "take.myo", clock_at_created=10.0) as builder:
        builder.stream("emg", StreamInfo(fs=1000.0, sample_shape=(4,), unit="µV", dtype="int16"))
        builder.write("emg", np.arange(20_000, dtype="<i2").reshape(5000, 4), 10 + np.arange(5000) / 1000)
        builder.finish()
    report = make_report(tmp_path / "take.myo")
    shown = [figure.key for figure in (*report.figures, *report.streams[0].figures)]
    assert {"samples", "jitter", "flat", "checksums", "state"} <= set(shown) <= set(MEANINGS)
