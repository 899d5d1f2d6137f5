"""Windows in, predictions out, at a steady rate: the user's own functions, on a thread of their own."""

from __future__ import annotations

import inspect
import math
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sources import SourceError, Stream
from ..sources.derived import PredictionSource
from ..sources.language import tr
from .context import Context
from .errors import AppError
from .state import PredictState

Windows = dict[str, NDArray[np.float32]]
LONG_CALL_S = 1.0
SAID_AGAIN_S = 30.0


class Predictor:
    """Calls ``extract(windows)`` and ``predict(features)`` at a rate and feeds the result to a stream.

    Parameters
    ----------
    predict
        Takes what `extract` returns (or the windows, when there is no `extract`) and, if it has a second
        parameter, the `Context`. Returns a number, an array of shape (n_outputs,), a dict of numbers, or
        None for nothing this time.
    rate_hz
        How often, Hz; less often when no new sample has come.
    name
        Name of the stream of predictions.
    context
        Where the streams are.
    extract
        Returns the present feature extractor, or None.
    clock
        The LSL clock.
    """

    def __init__(
        self,
        predict: Callable[..., Any],
        rate_hz: float,
        name: str,
        context: Context,
        extract: Callable[[], Callable[..., Any] | None],
        clock: Callable[[], float],
    ) -> None:
        try:
            self._source = PredictionSource(rate_hz, name, clock)
        except SourceError as error:
            raise AppError(str(error)) from error
        self.stream = Stream(name, self._source, clock=clock)
        self._predict = with_context(predict, context)
        self._extract = extract
        self._context = context
        self._clock = clock
        self._period_s = 1 / rate_hz
        self._due = -math.inf
        self._seen = -1.0
        self._times: deque[float] = deque(maxlen=32)
        self._error = ""
        self._latency_s = math.nan
        self._n_made = 0
        self._calling_since = math.inf
        self._said_at = -math.inf

    def step(self) -> float:
        """Make one prediction if it is due and a new sample has come; return the pause until the next, s."""
        now = self._clock()
        if now < self._due:
            return min(0.1, self._due - now)
        windows, newest = self._windows()
        if not windows or newest <= self._seen:
            return min(0.005, self._period_s / 4)
        self._seen = newest
        self._due = max(self._due + self._period_s, now) if math.isfinite(self._due) else now + self._period_s
        self._calling_since = now
        try:
            extract = self._extract()
            value = self._predict(windows if extract is None else extract(windows))
            if value is not None:
                self._give(value, newest)
            self._error = ""
        except Exception as error:  # noqa: BLE001  the user's own code: shown with its line, acquisition goes on
            self._fail(error)
        self.look()
        self._calling_since = math.inf
        self._times.append(now)
        self._latency_s = self._clock() - newest
        return 0.0

    def look(self) -> None:
        """Tell the person of a call that takes so long that the whole program may wait for it. Any thread may ask."""
        if self._clock() - self._calling_since > LONG_CALL_S and self._clock() > self._said_at + SAID_AGAIN_S:
            self._said_at = self._clock()
            words = tr(
                "{name}: one call takes over {seconds:.0f} s. The program may stand still meanwhile, and samples wait."
                " Do less in it."
            )
            self._context.log(words.format(name=self.stream.name, seconds=LONG_CALL_S), "warn")

    def _windows(self) -> tuple[Windows, float]:
        windows: Windows = {}
        newest = -math.inf
        for name, stream in list(self._context.streams.items()):
            if stream.connected_once and not stream.info.is_text and not isinstance(stream.source, PredictionSource):
                data, timestamps = stream.get_window()
                if len(timestamps):
                    windows[name] = data
                    newest = max(newest, float(timestamps[-1]))
        return windows, newest

    def _give(self, value: Any, t: float) -> None:
        if self._source.give(value, t) or self.stream.state != "live":
            self.stream.reconnect()
        self.stream.pump()
        self._n_made += 1

    def _fail(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f" ({frames[-1].name}, line {frames[-1].lineno})" if frames else ""
        self._error = f"{self.stream.name}: {type(error).__name__}: {error}{where}"
        self._context.log(self._error, "bad")

    @property
    def state(self) -> PredictState:
        """Rate, latency and the last error, at this moment."""
        times = tuple(self._times)
        rate_hz = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else math.nan
        return PredictState(rate_hz, 1 / self._period_s, self._latency_s, self._n_made, self._error)


def with_context(function: Callable[..., Any], context: Context) -> Callable[[Any], Any]:
    """Return `function` as one of a single argument, giving it the context second if it takes two."""
    try:
        parameters = [
            p
            for p in inspect.signature(function).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
        ]
    except (TypeError, ValueError):
        return function
    if len(parameters) > 2:
        raise AppError(
            f"{getattr(function, '__name__', 'predict')}() takes {len(parameters)} arguments. Take one or two."
        )
    return (lambda value: function(value, context)) if len(parameters) == 2 else function
