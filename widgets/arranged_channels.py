"""The channels of one stream as they are arranged: what every view asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..sources.grids import Placement
from ..sources.info import Grid, StreamInfo
from ..sources.language import tr
from .channel_colours import group_of, hues
from .channel_presets import Preset, built_in
from .channel_state import ChannelState, arranged, channel_keys
from .palette import Colour
from .theme import Theme

PER_PAGE = 32
MANY = 64


class ArrangedChannels:
    """Which channels are shown, in what order, under what name and in what colour. Main thread only.

    Channels are numbered as the device has them, from 0; what is set about them goes by the device's names.
    """

    def __init__(self) -> None:
        self.version = 0
        """Another number after every change."""
        self.info: StreamInfo | None = None
        self.names: tuple[str, ...] = ()
        """The device's own names, in its order."""
        self.types: tuple[str, ...] = ()
        """What each channel measures; empty texts where the stream does not say."""
        self.order: list[int] = []
        """Numbers of all channels, shown or not, in the person's order."""
        self.chosen: list[int] = []
        """Numbers of all channels that are ticked (or solo), on every page, in order."""
        self.numbers: list[int] = []
        """Numbers of the channels to draw now, top to bottom: those of the page."""
        self.grid: Grid | None = None
        """Where electrodes sit, in channel order: the layout that was chosen, or else the stream's; (-1, -1) for a
        channel that is on no electrode; None when nothing is known."""
        self.bad: frozenset[int] = frozenset()
        """Numbers of the channels marked bad."""
        self.page = 0
        """Number of the page that is drawn, from 0."""
        self._keys: tuple[str, ...] = ()
        self._numbers: dict[str, int] = {}
        self._labels: list[str] = []
        self._colours: list[Colour] = []
        self._coloured_for: tuple[str, int] | None = None
        self._state = ChannelState()

    # The stream

    def set_info(self, info: StreamInfo) -> None:
        """Take over the channels of a stream; what was set for channels of these names is set again."""
        self.info, self.names, self.types = info, info.labels, info.types
        self._keys = channel_keys(self.names)
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        self._arrange()

    def _arrange(self) -> None:
        state, keys = self._state, self._keys
        self.order = [self._numbers[key] for key in arranged(keys, state.order)]
        solo = {self._numbers[key] for key in state.solo if key in self._numbers}
        self.chosen = [i for i in self.order if (i in solo if solo else keys[i] not in state.hidden)]
        self.bad = frozenset(self._numbers[key] for key in state.bad if key in self._numbers)
        names = enumerate(zip(keys, self.names, strict=True))
        self._labels = [state.names.get(key) or name or f"ch_{number}" for number, (key, name) in names]
        placed = state.placement.grid() if state.placement and state.placement.n_channels == len(keys) else None
        self.grid = placed or (self.info.grid if self.info else None)
        self.go(self.page)

    # What is asked each frame

    def label(self, number: int) -> str:
        """Return a channel's name as it is shown."""
        return self._labels[number]

    def colour(self, number: int, theme: Theme) -> Colour:
        """Return a channel's colour."""
        wanted = (theme.mode, self.version)
        if wanted != self._coloured_for:
            self._coloured_for, self._colours = wanted, self._paint(theme)
        return self._colours[number]

    def _paint(self, theme: Theme) -> list[Colour]:
        plain = hues(self.groups, theme) if self._state.by_group else map(theme.channel, range(len(self._keys)))
        chosen = self._state.colours
        return [chosen.get(key, colour) for key, colour in zip(self._keys, plain, strict=True)]

    def is_shown(self, number: int) -> bool:
        """Tell whether the channel is ticked, whatever is solo."""
        return self._keys[number] not in self._state.hidden

    def is_solo(self, number: int) -> bool:
        """Tell whether the channel is one of those shown alone."""
        return self._keys[number] in self._state.solo

    def is_bad(self, number: int) -> bool:
        """Tell whether the channel is marked bad: left out of means, and shown faint."""
        return number in self.bad

    def is_recoloured(self, number: int) -> bool:
        """Tell whether a colour was chosen for the channel."""
        return self._keys[number] in self._state.colours

    def reason(self, number: int) -> str:
        """Return why the channel is bad; empty when it is not, or no reason was given."""
        return self._state.bad.get(self._keys[number], "")

    @property
    def any_solo(self) -> bool:
        """Whether only some channels are shown for now, whatever is ticked."""
        return any(key in self._numbers for key in self._state.solo)

    @property
    def by_group(self) -> bool:
        """Whether channels of one muscle share a hue."""
        return self._state.by_group

    @property
    def groups(self) -> tuple[str, ...]:
        """What each channel belongs with: its type, and its name up to the number, such as ``EMG Biceps``."""
        return tuple(group_of(name, kind) for name, kind in zip(self._labels, self.types, strict=True))

    def facts(self, number: int) -> str:
        """Return all there is to say of a channel in a line, for a tooltip."""
        n = tr("channel {n} of {all}").format(n=number + 1, all=len(self._keys))
        known = [self.label(number), n]
        if self.label(number) != self.names[number]:
            known.append(tr("«{name}» at the device").format(name=self.names[number]))
        if self.types[number]:
            known.append(self.types[number])
        if number in self.bad:
            known.append(tr("bad: {reason}").format(reason=self.reason(number) or tr("no reason given")))
        return " · ".join(known)

    # Pages

    @property
    def per_page(self) -> int:
        """How many channels are drawn at once; 0 for all."""
        wanted = self._state.per_page
        if wanted is None:
            return PER_PAGE if len(self.chosen) > MANY else 0
        return wanted

    @property
    def n_pages(self) -> int:
        """How many pages the chosen channels fill, at least one."""
        per_page = self.per_page
        return max(1, -(-len(self.chosen) // per_page)) if per_page else 1

    def go(self, page: int) -> None:
        """Draw that page, from 0; the nearest there is."""
        self.page = min(max(page, 0), self.n_pages - 1)
        per_page = self.per_page or max(1, len(self.chosen))
        self.numbers = self.chosen[self.page * per_page : (self.page + 1) * per_page]
        self.version += 1

    def next_page(self) -> None:
        """Draw the next page, if there is one."""
        if self.page + 1 < self.n_pages:
            self.go(self.page + 1)

    def previous_page(self) -> None:
        """Draw the page before, if there is one."""
        if self.page:
            self.go(self.page - 1)

    def set_per_page(self, n: int | None) -> None:
        """Choose how many channels are drawn at once; 0 for all, None for what suits their number.

        The first channel that is drawn now stays on the page.
        """
        first = self.page * self.per_page
        self._state = replace(self._state, per_page=None if n is None else max(0, n))
        self.go(first // self.per_page if self.per_page else 0)

    @property
    def placement(self) -> Placement | None:
        """The layout that was chosen; None where the stream's counts."""
        return self._state.placement

    def presets(self) -> list[Preset]:
        """Return the selections there are: saved ones first, then those that the stream brings along."""
        saved = [
            Preset(name, tuple(self._numbers[key] for key in keys if key in self._numbers), saved=True)
            for name, keys in self._state.presets.items()
        ]
        return saved + built_in(len(self._keys), self.types, self.grid, self.bad)

    # Files

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `apply` reads back."""
        return {**self._state.to_json(), "page": self.page}

    def apply(self, saved: Mapping[str, Any]) -> None:
        """Take over what was saved; what is not understood is left as it is. Not an edit: it cannot be taken back."""
        self._state = self._state.read(saved)
        page = saved.get("page")
        if type(page) is int:
            self.page = max(0, page)
        if self.info is not None:
            self._arrange()
