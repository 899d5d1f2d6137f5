"""One string names a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.sources import SourceError, form_fields, kinds, name_of, naming, open_source


@dataclass
class Box:
    """An amplifier.

    Parameters
    ----------
    port
        Where it is plugged in.
    rate_hz
        Samples a second, Hz,
        as its manual says.
    mode
        What it measures.
    gain, offset_mv
        Of every channel.
    """

    port: str = ""
    rate_hz: float = 1000.0
    mode: Literal["emg", "eeg"] = "emg"
    gain: int | None = None
    offset_mv: float = 0.0
    wet: bool = False
    channels: tuple[int, ...] = ()
    _clock: object = None

    def connect(self):
        raise NotImplementedError


@pytest.fixture
def box(monkeypatch):
    class Entry:
        name, value = "box", f"{Box.__module__}:{Box.__qualname__}"

        def load(self):
            return Box

    monkeypatch.setattr(naming, "entry_points", lambda group: [Entry()])


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("box:", Box()),
        ("box:COM3", Box("COM3")),
        ("box:/dev/ttyUSB0?rate_hz=2048&wet=true", Box("/dev/ttyUSB0", 2048.0, wet=True)),
        ("box:?mode=eeg&gain=24&channels=1,2,8", Box(mode="eeg", gain=24, channels=(1, 2, 8))),
        ("box:a%3Fb%25?rate_hz=0.1", Box("a?b%", 0.1)),
    ],
)
def test_a_name_makes_a_source_and_a_source_its_name(box, name, source):
    assert open_source(name) == source
    assert name_of(source) == name


@given(st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_any_text_survives_the_round_trip(text):
    class Entry:
        name, value = "box", f"{Box.__module__}:{Box.__qualname__}"

        def load(self):
            return Box

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(naming, "entry_points", lambda group: [Entry()])
        assert open_source(name_of(Box(text))).port == text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("EMG", "does not name a source. Write KIND:NAME"),
        ("bax:", r"No kind of source is called 'bax'. Did you mean box:\? There are: box."),
        ("box:?rate=5", r"has no setting 'rate'. Did you mean rate_hz\?"),
        ("box:?rate_hz=fast", "box: rate_hz is 'fast'. Give a number"),
        ("box:?gain=1.5", "Give a whole number"),
        ("box:?mode=ecg", "Choose one of emg, eeg"),
        ("box:?wet=maybe", "Give true or false"),
    ],
)
def test_a_name_that_is_not_understood_says_what_to_write(box, name, sentence):
    with pytest.raises(SourceError, match=sentence):
        open_source(name)


def test_the_form_follows_the_constructor(box):
    fields = {field.name: field for field in form_fields(Box)}
    assert list(fields) == ["port", "rate_hz", "mode", "gain", "offset_mv", "wet", "channels"]
    rate = fields["rate_hz"]
    assert (rate.label, rate.unit, rate.kind, rate.default) == ("Rate", "Hz", float, 1000.0)
    assert rate.help == "Samples a second, Hz, as its manual says."
    assert fields["mode"].choices == ("emg", "eeg")
    assert fields["offset_mv"].help == "Of every channel."
    assert fields["gain"].kind is int


def test_our_own_kinds_are_registered_like_anybodys():
    assert {"synthetic", "lsl", "brainflow", "session"} <= set(kinds())
    for cls in kinds().values():
        for field in form_fields(cls):
            assert field.help, f"{cls.__name__}.{field.name} is not explained"
