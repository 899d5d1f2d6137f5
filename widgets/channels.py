"""The channels of one stream as a person has arranged them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..sources.info import StreamInfo
from .palette import Colour
from .theme import Theme


class Channels:
    """Which channels are shown, in what order, under what name and in what colour. Main thread only.

    Channels are numbered as the device has them; what a person changes is kept by the device's names.
    """

    def __init__(self) -> None:
        self.version = 0
        """Another number after every change."""
        self.names: tuple[str, ...] = ()
        """The device's own names, in its order."""
        self.info: StreamInfo | None = None

    def set_info(self, info: StreamInfo) -> None:
        """Take over the channels of a stream."""
        self.info, self.names = info, info.labels
        self.version += 1

    @property
    def numbers(self) -> list[int]:
        """Numbers of the channels to draw now, top to bottom."""
        return list(range(len(self.names)))

    @property
    def chosen(self) -> list[int]:
        """Numbers of all channels that are ticked, on every page, in order."""
        return self.numbers

    def label(self, number: int) -> str:
        """Return a channel's name as it is shown."""
        return self.names[number]

    def colour(self, number: int, theme: Theme) -> Colour:
        """Return a channel's colour."""
        return theme.channel(number)

    def is_bad(self, number: int) -> bool:  # noqa: ARG002  a person will say so
        """Tell whether the channel is marked bad: left out of means, and shown faint."""
        return False

    @property
    def bad(self) -> frozenset[int]:
        """Numbers of the channels marked bad."""
        return frozenset(i for i in range(len(self.names)) if self.is_bad(i))

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `apply` reads back."""
        return {}

    def apply(self, saved: Mapping[str, Any]) -> None:
        """Take over what was saved; what is not understood is left as it is."""
