"""What survives a restart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from myoscope.app.settings import Settings, settings_path


def test_saved_is_what_is_loaded():
    settings = Settings(width=1280, theme="light", viewers={"emg": {"seconds": 5.0}})
    settings.remember_source("lsl:EMG")
    settings.remember_source("synthetic:")
    settings.remember_source("lsl:EMG")
    settings.save()
    assert settings.recent_sources == ["lsl:EMG", "synthetic:"]
    assert Settings.load() == settings


def test_recent_sessions_are_absolute_and_bounded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    for i in range(20):
        settings.remember_session(Path(f"take{i}.myo"))
    assert len(settings.recent_sessions) == 12
    assert settings.recent_sessions[0] == str(tmp_path / "take19.myo")


@pytest.mark.parametrize("text", ["", "{", "[1]", "\x00", '"x"'])
def test_a_damaged_file_is_set_aside(text):
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    assert Settings.load() == Settings()
    assert path.with_suffix(".damaged").read_text(encoding="utf-8") == text


def test_values_of_the_wrong_kind_are_the_defaults():
    path = settings_path()
    path.parent.mkdir(parents=True)
    values = {
        "width": "wide",
        "height": 5,
        "scale_percent": 1000,
        "viewers": {"a": 1, "b": {}},
        "recent_sources": [1, "x"],
    }
    path.write_text(json.dumps(values), encoding="utf-8")
    settings = Settings.load()
    assert (settings.width, settings.height, settings.scale_percent) == (1600, 400, 250)
    assert settings.viewers == {"b": {}}
    assert settings.recent_sources == ["x"]
