"""What a person says of a recording and of its channels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .layout import plain

MAX_ABOUT = 32 * 2**10
MAX_TAGS = 64
SIDES = ("left", "right", "midline")


@dataclass(frozen=True)
class About:
    """What a person says of one session. Lies in the attributes of its ``zarr.json``, one key each.

    Parameters
    ----------
    name
        What the recording is called.
    subject
        The subject's code, such as ``sub-001``; no name.
    task
        What the subject does, such as ``abduction``.
    operator
        Who recorded.
    notes
        Anything worth knowing.
    protocol
        Name of the protocol it followed.
    take
        Its number among the takes of this subject and task, from 1; 0 where nobody counted.
    tags
        Words to find it by.
    superseded
        Which take was made in its place, by its folder's name; empty while it counts.
    """

    name: str = ""
    subject: str = ""
    task: str = ""
    operator: str = ""
    notes: str = ""
    protocol: str = ""
    take: int = 0
    tags: tuple[str, ...] = ()
    superseded: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the attributes, each short enough that the metadata stay readable whatever was pasted."""
        values = {key: value[:MAX_ABOUT] if isinstance(value, str) else value for key, value in asdict(self).items()}
        if not self.superseded:
            del values["superseded"]
        return {**values, "tags": [tag[:256] for tag in self.tags[:MAX_TAGS]]}

    @classmethod
    def from_json(cls, attributes: Mapping[str, Any]) -> About:
        """Read a session's attributes; what is missing or of the wrong kind is left empty."""
        names = [f.name for f in fields(cls) if f.name not in ("take", "tags")]
        texts = {name: str(attributes.get(name) or "")[:MAX_ABOUT] for name in names}
        take, tags = attributes.get("take"), attributes.get("tags")
        return cls(
            **texts,
            take=take if type(take) is int and 0 <= take < 10**6 else 0,
            tags=tuple(str(tag)[:256] for tag in tags[:MAX_TAGS]) if isinstance(tags, list) else (),
        )


@dataclass(frozen=True)
class ChannelAbout:
    """What a person says of one channel. Lies in ``channels`` of the group's attributes, one object a channel.

    Parameters
    ----------
    muscle
        What it measures, such as ``biceps brachii``.
    side
        ``left``, ``right``, ``midline`` or empty.
    placement
        Where the electrode sits, in words.
    reference
        Where its reference sits.
    notes
        Anything worth knowing.
    electrode_size_mm
        Diameter or length of the electrode, mm.
    electrode_distance_mm
        Distance between the centres of the pair, mm.
    """

    muscle: str = ""
    side: str = ""
    placement: str = ""
    reference: str = ""
    notes: str = ""
    electrode_size_mm: float | None = None
    electrode_distance_mm: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what is known, and nothing else."""
        values: dict[str, Any] = plain({key: value for key, value in asdict(self).items() if value not in ("", None)})
        return values

    @classmethod
    def from_json(cls, values: object) -> ChannelAbout:
        """Read what `to_json` wrote; what is missing or of the wrong kind is left empty."""
        known = values if isinstance(values, Mapping) else {}
        texts = {f.name: str(known.get(f.name) or "")[:MAX_ABOUT] for f in fields(cls)[:5]}
        size, distance = (_length(known.get(key)) for key in ("electrode_size_mm", "electrode_distance_mm"))
        return cls(**texts, electrode_size_mm=size, electrode_distance_mm=distance)


def channels_json(channels: tuple[ChannelAbout, ...]) -> list[dict[str, Any]]:
    """Return what a group's attributes keep of its channels; nothing when nothing is known."""
    values = [channel.to_json() for channel in channels]
    return values if any(values) else []


def channels_of(attributes: Mapping[str, Any], n_channels: int) -> tuple[ChannelAbout, ...]:
    """Return what a group's attributes say of its channels, one each."""
    said = attributes.get("channels")
    rows = said if isinstance(said, list) and len(said) == n_channels else [None] * n_channels
    return tuple(ChannelAbout.from_json(row) for row in rows)


def _length(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) and 0 < value < 1e4 else None
