"""What speaks against recording now, all together: live beside Record, and kept in the session."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..sources.language import tr, trn
from .preflight_items import (
    Grade,
    Item,
    battery_items,
    clock_items,
    disk_item,
    expected_items,
    flat_items,
    is_required,
    stream_items,
)
from .state import EngineState

if TYPE_CHECKING:
    from ..recordings.protocol import RecordingProtocol
    from .engine import Engine

MAX_ITEMS, MAX_OVERRIDDEN, MAX_SENTENCE = 100, 30, 400
MAX_KEPT_BYTES = 24 * 2**10


@dataclass(frozen=True)
class Preflight:
    """Everything that was looked at, at one moment.

    Parameters
    ----------
    items
        One after another; `worst_first` orders them for reading.
    protocol
        Name of the protocol; empty for none.
    """

    items: tuple[Item, ...] = ()
    protocol: str = ""

    def of(self, grade: Grade) -> tuple[Item, ...]:
        """Return the items of one grade."""
        return tuple(item for item in self.items if item.grade == grade)

    @property
    def grade(self) -> Grade:
        """The worst of all."""
        return "red" if self.of("red") else "look" if self.of("look") else "ok"

    @property
    def worst_first(self) -> tuple[Item, ...]:
        """All items, red ones first."""
        return self.of("red") + self.of("look") + self.of("ok")

    @property
    def summary(self) -> str:
        """A few words for a line on screen."""
        n_red, n_look = len(self.of("red")), len(self.of("look"))
        if n_red:
            return trn("{n} thing is red", "{n} things are red", n_red).format(n=n_red)
        if n_look:
            return trn("{n} thing to look at", "{n} things to look at", n_look).format(n=n_look)
        return tr("All in order")

    def to_json(self, override: Override | None = None) -> dict[str, Any]:
        """Return what a session keeps of it, as its attribute ``preflight``."""
        items = [
            {"about": i.about[:64], "what": i.what, "grade": i.grade, "sentence": i.sentence[:MAX_SENTENCE]}
            for i in self.worst_first[:MAX_ITEMS]
        ]
        # Nothing that is said here may keep a recording from starting: metadata have a size.
        while len(json.dumps(items)) > MAX_KEPT_BYTES:
            items = items[: len(items) // 2]
        kept: dict[str, Any] = {"protocol": self.protocol, "grade": self.grade, "items": items}
        if override is not None:
            overridden = [[item.about[:64], item.what] for item in self.of("red")[:MAX_OVERRIDDEN]]
            kept["override"] = {
                "utc": override.utc, "by": override.by[:256], "reason": override.reason[:1000], "items": overridden
            }  # fmt: skip
        return kept


@dataclass(frozen=True)
class Override:
    """A person's word that it is to be recorded all the same.

    Parameters
    ----------
    utc
        When, ISO 8601.
    by
        Who; may be empty.
    reason
        Why; may be empty.
    """

    utc: str
    by: str = ""
    reason: str = ""


def preflight(
    state: EngineState,
    protocol: RecordingProtocol | None = None,
    disk_free_bytes: float = math.nan,
    flat_channels: Mapping[str, Sequence[str]] | None = None,
) -> Preflight:
    """Return what speaks against recording now. Pure and cheap: four times a second is fine.

    Parameters
    ----------
    state
        The engine's snapshot.
    protocol
        What is expected; without one only what every recording needs is looked at.
    disk_free_bytes
        Room for recordings, bytes; NaN where that is not known.
    flat_channels
        By stream: channels that repeat one value, as far as that is known.
    """
    streams = [s for s in state.streams if s.source_name != "PredictionSource"]
    items: list[Item] = []
    if protocol is not None:
        for expected in protocol.streams:
            items += expected_items(expected, streams)
    for stream in streams:
        optional = protocol is not None and not is_required(stream.name, protocol)
        items += stream_items(stream, state.t, optional)
        items += clock_items(stream, protocol)
        items += battery_items(stream, protocol)
        items += flat_items(stream.name, (flat_channels or {}).get(stream.name, ()))
    items.append(disk_item(streams, protocol, disk_free_bytes))
    return Preflight(tuple(items), protocol.name if protocol is not None else "")


def note_preflight(engine: Engine, found: Preflight, override: Override | None) -> None:
    """Note in the recording that runs how preflight ended, where there was something to say."""
    if not found.protocol and override is None:
        return
    ended = "overridden" if override is not None else "in order" if found.grade == "ok" else "to look at"
    said = [f"{item.about}: {item.sentence}" for item in found.of("red") + found.of("look")]
    if override is not None:
        who, why = override.by or "–", override.reason or "–"
        said.insert(0, f"by {who}, reason: {why}")
    engine.events.mark(f"preflight {ended}", " ".join(said)[:2000], kind="preflight")
