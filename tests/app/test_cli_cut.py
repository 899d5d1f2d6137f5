"""Describing, trimming, splitting and joining on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from myoscope.app.cli import cli
from myoscope.app.errors import AppError
from myoscope.recordings import SessionError, open_session
from myoscope.sources import Event
from tests.recordings.sessions import EMG, block, recorder


@pytest.fixture
def path(tmp_path):
    made = recorder(tmp_path / "one.myo", name="lift", subject="S07")
    sink = made.sink("emg")
    sink.open(EMG)
    sink.write(block(0, 2000))
    for t, kind, label in [(50.2, "marker", "lift"), (50.6, "marker", "lift"), (50.7, "trial", "trial 1")]:
        made.event(Event(t, kind, label))
    made.step(0)
    made.close()
    return made.path


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def lines(result):
    return [Path(line) for line in result.stdout.splitlines()]


def test_what_is_said_is_kept_with_who(path, tmp_path):
    table = tmp_path / "channels.tsv"
    table.write_text("channel\tmuscle\n1\tsoleus\n")
    run("describe", path, "--set", "subject=sub-002", "--set", "tags=good, pilot", "--table", f"emg:{table}",
        "--channel", "emg:3-4 muscle=biceps brachii", "--channel", "emg_02 side=l", "--by", "anna")  # fmt: skip
    with open_session(path) as session:
        assert (session.subject, session.about.tags) == ("sub-002", ("good", "pilot"))
        channels = session.streams["emg"].channels_about
        assert [one.muscle for one in channels] == ["soleus", "", "biceps brachii", "biceps brachii"]
        assert channels[1].side == "left"
    told = run("describe", path).stdout
    assert "subject:      sub-002" in told
    assert "emg:3 emg_03: muscle=biceps brachii" in told
    history = run("describe", path, "--history").stdout.splitlines()
    assert len(history) == 6
    assert history[0].endswith("anna  recording subject: S07 → sub-002")
    values = json.loads(run("describe", path, "--json").stdout)
    assert values["channels"]["emg"][0] == {"channel": "emg_01", "muscle": "soleus"}
    assert len(values["history"]) == 6
    assert "said already" in run("describe", path, "--set", "subject=sub-002").stdout


def test_a_name_is_warned_of(path):
    assert "looks like a name" in run("describe", path, "--set", "subject=Anna Schmidt").stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--set", "colour=red"), "There are: name, subject"),
        (("--set", "subject"), "says nothing"),
        (("--channel", "muscle=soleus"), "names no channel"),
        (("--channel", "emg:9 muscle=soleus"), "Give 1 to 4"),
        (("--channel", "force:1 muscle=soleus"), "There are: emg"),
        (("--channel", "emg:1 side=up"), "left, right, midline"),
    ],
)
def test_what_cannot_be_said_is_told(path, arguments, told):
    with pytest.raises((AppError, SessionError), match=told):
        run("describe", path, *arguments)
    assert not (path / "about.jsonl").exists()


def test_a_range_is_kept(path, tmp_path):
    (made,) = lines(run("trim", path, "--from", "0.25", "--to", "0:00.75", "--name", "middle"))
    assert made.parent == tmp_path
    with open_session(made) as session:
        assert (session.name, session.streams["emg"].n_samples) == ("middle", 1000)
    with pytest.raises(AppError, match="Say what to keep"):
        run("trim", path)
    with pytest.raises(AppError, match="is no time"):
        run("trim", path, "--from", "soon")


def test_parts_are_made_and_joined(path, tmp_path):
    parts = lines(run("split", path, "--at", "0.3", "--at", "0.8", "--out", tmp_path / "parts"))
    assert [part.parent.name for part in parts] == ["parts"] * 3
    (joined,) = lines(run("join", *parts, "--out", tmp_path / "joined.myo"))
    with open_session(joined) as session, open_session(path) as whole:
        assert session.streams["emg"].n_samples == 2000
        assert session.events == whole.events
    assert len(lines(run("split", path, "--event", "lift"))) == 3
    (trial,) = lines(run("split", path, "--trials"))
    with open_session(trial) as session:
        assert (session.name, session.streams["emg"].n_samples) == ("trial 1", 600)
    with pytest.raises(AppError, match="no event 'hold'. Its events: lift"):
        run("split", path, "--event", "hold")
    with pytest.raises(AppError, match="--at, --event or --trials"):
        run("split", path)
