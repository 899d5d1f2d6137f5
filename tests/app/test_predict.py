"""Windows in, predictions out."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope import App, SourceError, Stream
from myoscope.app.errors import AppError


def test_a_prediction_becomes_a_stream_with_the_time_of_its_newest_sample(tap, until):
    app = App("test")
    app.streams(Stream("emg", tap(), window_seconds=0.1))
    seen = []

    @app.extract
    def features(windows):
        assert set(windows) == {"emg"}
        return windows["emg"].mean(axis=1)

    @app.predict(rate_hz=50)
    def decode(means, ctx):
        assert ctx is app.context
        seen.append(means)
        return {"grip": float(means[0]), "rest": 1.0}

    with app:
        out = app.context.streams["prediction"]
        until(lambda: out.health.n_received > 10, "ten predictions")
        data, timestamps = out.get_window()
        assert out.info.channel_names == ("grip", "rest")
        assert out.info.fs == 50
        assert (np.diff(timestamps) > 0).all()
        assert (np.diff(data[0]) > 0).all()
        # Counted a moment after it is handed on.
        until(lambda: app.engine.snapshot().predict.n_made > 10, "their count")
        assert app.engine.snapshot().predict.error == ""
    assert seen[-1].shape == (2,)


def test_without_extract_it_gets_the_windows(tap, until):
    app = App("test")
    app.streams(Stream("emg", tap(), window_seconds=0.05))
    got = []
    app.predict(rate_hz=100)(lambda windows: got.append(windows["emg"].shape))
    with app:
        until(lambda: (2, 50) in got, "a full window")


def test_an_error_in_the_users_code_is_shown_and_acquisition_goes_on(tap, until):
    app = App("test")
    stream = Stream("emg", tap(), window_seconds=0.05)
    app.streams(stream)

    @app.predict(rate_hz=100)
    def decode(windows):
        raise ValueError("no model loaded")

    with app:
        until(lambda: app.engine.snapshot().predict.error, "the error")
        assert "prediction: ValueError: no model loaded (decode, line" in app.engine.snapshot().predict.error
        n = stream.health.n_received
        until(lambda: stream.health.n_received > n + 100, "more samples")
    assert any("no model loaded" in line.text for line in app.context.log.lines)


def test_two_predictors_have_names_of_their_own(tap, until):
    app = App("test")
    app.streams(Stream("emg", tap(), window_seconds=0.05))
    app.predict(rate_hz=50, name="grip")(lambda windows: 1.0)
    app.predict(rate_hz=50, name="wrist")(lambda windows: [1.0, 2.0])
    with app:
        until(lambda: all(app.context.streams[n].health.n_received for n in ("grip", "wrist")), "both")
    with pytest.raises(AppError, match="There is a stream 'grip' already"):
        app.predict(name="grip")(lambda windows: 1.0)


def test_no_new_sample_no_prediction(tap, until):
    app = App("test")
    source = tap()
    app.streams(Stream("emg", source, window_seconds=0.05))
    made = []
    app.predict(rate_hz=200)(lambda windows: made.append(1))
    with app:
        until(lambda: made, "the first")
        source.refuse = SourceError("unplugged")
        until(lambda: app.context.streams["emg"].health.state == "lost", "the loss")
        n = len(made)
        with pytest.raises(AssertionError):
            until(lambda: len(made) > n + 2, timeout_s=0.3)


def test_functions_of_three_arguments_are_refused():
    with pytest.raises(AppError, match="takes 3 arguments. Take one or two"):
        App("test").predict()(lambda a, b, c: None)


def test_a_rate_of_zero_is_refused():
    with pytest.raises(AppError, match="Give a rate above 0 Hz"):
        App("test").predict(rate_hz=0)(lambda windows: None)
