"""EMG-BIDS data sets, passed by the official validator."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from myoscope.recordings import SessionError, open_session
from myoscope.recordings.about import About, ChannelAbout
from myoscope.recordings.bids_sidecars import event_rows, subject_label, tsv
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.format_bids import add_recording
from myoscope.recordings.formats import export_session, import_file
from myoscope.recordings.gaps import Gap
from myoscope.recordings.progress import no_progress
from myoscope.sources import Event, Grid, StreamInfo, names

from .exported import T0, rich, rich_irregular, steady


def issues(dataset: Path) -> dict[str, set[str]]:
    """Return the codes of what the validator found, by severity."""
    validator = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
    assert validator, "bids-validator-deno is missing, which the extra `test` installs. Run: make venv"
    done = subprocess.run(
        [validator, str(dataset), "--format", "json", "--max-rows", "-1"], capture_output=True, text=True, timeout=100
    )
    found: dict[str, set[str]] = {"error": set(), "warning": set()}
    for issue in json.loads(done.stdout)["issues"]["issues"]:
        found[issue["severity"]].add(f"{issue['code']}: {issue.get('subCode', '')} {issue.get('location', '')}")
    return found


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def grid(path: Path) -> Path:
    """Make a session of a 4 × 8 grid in volts, with IMU, and events."""
    cells = tuple((i // 8, i % 8) for i in range(32))
    rng = np.random.default_rng(1)
    about = About(name="grid", subject="sub-12", task="lift arm", operator="A. B.", protocol="ramp")
    with SessionBuilder(path, about, clock_at_created=T0, app_version="0.1.0") as builder:
        info = StreamInfo(
            fs=2048.0, channel_names=names("e", 32), unit="V", dtype="float32", grid=Grid(cells, 8.0),
            device={"manufacturer": "Somebody", "model": "Grid 32"},
        )  # fmt: skip
        channels = tuple(ChannelAbout(muscle="biceps brachii", side="left", reference="left wrist") for _ in range(32))
        builder.stream("emg", info, "", channels)
        builder.write("emg", (rng.normal(size=(5000, 32)) * 1e-4).astype(np.float32), T0 + np.arange(5000) / 2048)
        imu = StreamInfo(fs=128.0, channel_names=("ax", "ay", "wz"), unit="g", channel_types=("ACC", "ACC", "GYRO"))
        builder.stream("imu", imu)
        builder.write("imu", rng.normal(size=(312, 3)).astype(np.float32), T0 + np.arange(312) / 128)
        builder.event(Event(T0 + 1, "cue", "=up\tand\nup"))
        return builder.finish()


def test_what_a_data_set_says(tmp_path):
    with open_session(grid(tmp_path / "a.myo")) as session:
        exported = export_session(session, "bids", tmp_path / "a-bids")
    emg = exported.path / "sub-12" / "emg"
    stem = "sub-12_task-liftarm_run-01"
    assert sorted(path.name for path in emg.iterdir()) == [
        "sub-12_electrodes.tsv", "sub-12_space-grid_coordsystem.json", f"{stem}_channels.tsv", f"{stem}_emg.bdf",
        f"{stem}_emg.json", f"{stem}_events.json", f"{stem}_events.tsv",
    ]  # fmt: skip
    description = json.loads((exported.path / "dataset_description.json").read_text())
    assert (description["BIDSVersion"], description["GeneratedBy"][0]["Name"]) == ("1.11.1", "myoscope")
    assert "Authors" not in description
    said = json.loads((emg / f"{stem}_emg.json").read_text())
    assert (said["Manufacturer"], said["EMGChannelCount"], said["EMGReference"]) == ("Somebody", 32, "left wrist")
    assert (said["SamplingFrequency"], said["RecordingType"]) == (2048, "continuous")
    assert "TODO" not in "".join(path.read_text(errors="replace") for path in exported.path.rglob("*.json"))
    channels = table(emg / f"{stem}_channels.tsv")
    assert [row["type"] for row in channels[31:]] == ["EMG", "ACCEL", "ACCEL", "GYRO"]
    assert (channels[0]["target_muscle"], channels[0]["units"], channels[33]["units"]) == (
        "left biceps brachii",
        "V",
        "g",
    )
    electrodes = table(emg / "sub-12_electrodes.tsv")
    assert (electrodes[9]["x"], electrodes[9]["y"], electrodes[9]["coordinate_system"]) == ("8", "8", "grid")
    event = table(emg / f"{stem}_events.tsv")[0]
    assert (event["onset"], event["trial_type"], event["label"], event["text"]) == (
        "1.000000",
        "cue",
        "'=up and up",
        "n/a",
    )
    assert table(exported.path / "sub-12" / "sub-12_scans.tsv")[0]["filename"] == f"emg/{stem}_emg.bdf"
    read = import_file(emg / f"{stem}_emg.bdf", tmp_path / "b.myo")
    with open_session(read.path) as session:
        assert list(session.streams) == ["emg", "imu"]


def test_several_sessions_share_a_data_set(tmp_path):
    with open_session(rich(tmp_path / "a.myo")) as session:
        out = export_session(session, "bids", tmp_path / "set").path
        add_recording(session, out, no_progress)
    participants = out / "participants.tsv"
    participants.write_text(participants.read_text().replace("n/a\tn/a\tn/a", "31\tF\tR"))
    with open_session(grid(tmp_path / "b.myo")) as session:
        add_recording(session, out, no_progress)
    with open_session(rich_irregular(tmp_path / "c.myo")) as session:
        notes = add_recording(session, out, no_progress)
    assert "presses is left out" in " ".join(notes)
    known = [(row["participant_id"], row["age"]) for row in table(participants)]
    assert known == [("sub-S07", "31"), ("sub-12", "n/a"), ("sub-01", "n/a")]
    assert [row["filename"] for row in table(out / "sub-S07" / "sub-S07_scans.tsv")] == [
        "emg/sub-S07_task-lift_run-02_emg.bdf", "emg/sub-S07_task-lift_run-03_emg.bdf",
    ]  # fmt: skip
    with open_session(tmp_path / "b.myo") as session, pytest.raises(SessionError, match="no BIDS data set"):
        add_recording(session, tmp_path, no_progress)
    found = issues(out)
    assert found["error"] == set()
    # What is left is what a person must say: license, institution, who took part, what the electrodes are made of.
    codes = {one.split(":")[0] for one in found["warning"]}
    assert codes <= {"JSON_KEY_RECOMMENDED", "SIDECAR_KEY_RECOMMENDED", "NO_AUTHORS", "TOO_FEW_AUTHORS"}


def test_what_is_not_known_is_said_so(tmp_path):
    with open_session(rich_irregular(tmp_path / "a.myo")) as session:
        exported = export_session(session, "bids", tmp_path / "a-bids")
    said = " ".join(exported.notes)
    assert "no subject" in said
    assert "no task" in said
    found = issues(exported.path)
    assert found["error"] == set()
    assert {one.split(":")[0] for one in found["warning"]} >= {"NO_AUTHORS"}


def test_memory_does_not_grow(tmp_path, monkeypatch):
    steady(tmp_path, "bids", "out", monkeypatch)


def test_names_and_tables_are_plain():
    assert [subject_label(code) for code in ("S07", "sub-01", "Ä b/c", "")] == ["S07", "01", "Abc", "01"]
    assert tsv(("a", "b"), [["x\ty\nz", 1.5], ["", 2]]) == "a\tb\nx y z\t1.5\nn/a\t2\n"
    # What lies behind blanks comes to be the beginning.
    assert tsv(("a", "b"), [[" =cmd", "\n@x"], ["-1.5", "'=x"]]) == "a\tb\n'=cmd\t'@x\n-1.5\t''=x\n"


def test_what_has_no_time_upsets_no_order():
    gaps = [Gap("emg", t, T0 + 1, 5, 3, "device") for t in (np.nan, T0 + 0.5, np.inf, T0 + 0.25)]
    session = SimpleNamespace(events=[Event(T0 + 2, "marker", "late"), Event(T0 + 0.75, "marker", "early")], gaps=gaps)
    assert [row[0] for row in event_rows(session, T0)] == ["0.250000", "0.500000", "0.750000", "2.000000"]
