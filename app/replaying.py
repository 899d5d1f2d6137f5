"""A recorded session in the place of the live streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ..sources import Event, Source, SourceError, Stream
from .state import ReplayState
from .stream_names import watched
from .worker import Worker

if TYPE_CHECKING:
    from ..recordings import Replay


class Bench(Protocol):
    """What a replay needs of the engine."""

    @property
    def streams(self) -> dict[str, Stream]:
        """All streams by name."""
        ...

    def add(self, stream: Stream) -> Stream:
        """Register a stream and start it."""
        ...

    def remove(self, name: str) -> None:
        """Stop a stream and forget it."""
        ...

    def swap(self, name: str, source: Source | None, *, fresh: bool = False) -> None:
        """Give a stream another source."""
        ...

    def is_fed(self, stream: Stream) -> bool:
        """Whether a predictor feeds it."""
        ...


class Replaying:
    """Puts streams of a replay where live ones were, and gives those back in the end.

    Streams of the same name keep their place, and with it their viewers and decoders.

    Parameters
    ----------
    bench
        The engine.
    clock
        The LSL clock.
    """

    def __init__(self, bench: Bench, clock: Callable[[], float]) -> None:
        self._bench = bench
        self._clock = clock
        # What each name was before: its live source, or None for a stream that only the replay has.
        self._before: dict[str, Source | None] = {}
        self.replay: Replay | None = None
        self.worker: Worker | None = None

    def open(
        self, replay: Replay, on_event: Callable[[Event], object], on_error: Callable[[str, Exception], None]
    ) -> None:
        """Replace live streams, or those of the replay before."""
        bench, last, self.replay = self._bench, self.replay, replay
        for name, stream in list(bench.streams.items()):
            if name not in replay.sources and not bench.is_fed(stream):
                self._set_aside(name, stream)
        for name, source in replay.sources.items():
            if name in bench.streams:
                self._before.setdefault(name, bench.streams[name].source)
                bench.swap(name, source, fresh=True)
            else:
                self._before[name] = None
                bench.add(watched(name, source, clock=self._clock))
        if last is not None:
            last.close()

        def give_events() -> float:
            for event in replay.events_due():
                on_event(event)
            return 0.02

        self.worker = Worker("replay", give_events, on_error=on_error).start()

    def _set_aside(self, name: str, stream: Stream) -> None:
        if name in self._before and self._before[name] is None:
            del self._before[name]
            self._bench.remove(name)
        else:
            self._before.setdefault(name, stream.source)
            stream.pause()

    def close(self) -> list[str]:
        """Connect the live sources again; return a sentence for each that does not answer."""
        replay, self.replay = self.replay, None
        before, self._before = self._before, {}
        problems = []
        for name, source in before.items():
            if source is None:
                self._bench.remove(name)
                continue
            try:
                self._bench.swap(name, source, fresh=True)
            except SourceError as error:
                problems.append(f"{name}: {error}")
        if replay is not None:
            replay.close()
        return problems

    def drop(self) -> None:
        """Let the session go without connecting anything: the engine stops."""
        if self.replay is not None:
            self.replay.close()
            self.replay = None

    @property
    def state(self) -> ReplayState | None:
        """Where the replay is; None when live."""
        replay = self.replay
        if replay is None:
            return None
        return ReplayState(
            path=replay.session.path,
            position_seconds=replay.position_seconds,
            duration_seconds=replay.duration_seconds,
            playing=replay.playing,
            ended=replay.ended,
            loop=replay.loop,
            speed=replay.speed,
            url=replay.session.url,
        )
