from __future__ import annotations

from myoscope import Stream, ViewFilter
from myoscope.app.looks import Looks

OWN, RECORDED = ViewFilter(highpass_hz=20.0), ViewFilter(notch_hz=50.0)


def test_a_recording_is_shown_as_it_was_and_leaves_the_live_filter_alone():
    looks = Looks({"emg": {"channels": {}, "filter": OWN.to_json()}})
    live, replayed = (Stream("emg", "synthetic:?n_channels=2") for _ in range(2))
    assert looks.of(live).filter == OWN
    looks.recorded = {"emg": RECORDED}
    shown = looks.of(replayed)
    assert shown.filter == RECORDED
    assert looks.settings()["emg"]["filter"] == OWN.to_json(), "what is kept for the next start is the person's own"
    looks.recorded = {}
    looks.keep({"emg": live})
    assert looks.of(live).filter == OWN
