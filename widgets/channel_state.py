"""What a person has set about a stream's channels, and how it is read from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..sources.grids import Placement
from ..sources.info import MAX_CHANNELS, MAX_NAME
from .door import clean
from .palette import Colour

MAX_LABEL = 64
MAX_REASON = 200
MAX_PRESETS = 100
MOST_ENTRIES = 4 * MAX_CHANNELS


@dataclass(frozen=True)
class ChannelState:
    """How the channels of a stream are arranged. Channels go by their keys, so that it fits whatever comes back.

    Parameters
    ----------
    order
        Keys in the order that was made; those not in it stay where the stream gives them.
    hidden
        Keys of the channels that are not ticked.
    solo
        Keys of the channels that are shown alone; none of them: those that are ticked are shown.
    names
        Names given instead of the device's.
    colours
        Colours that were chosen.
    bad
        Why a channel is bad; empty texts where no reason was given.
    by_group
        Whether channels of one muscle share a hue.
    per_page
        How many are drawn at once; 0 for all, None for what suits their number.
    placement
        The electrode layout that was chosen instead of the stream's.
    presets
        Saved selections by name: keys of the channels that were ticked, in order.
    """

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    solo: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, Colour] = field(default_factory=dict)
    bad: Mapping[str, str] = field(default_factory=dict)
    by_group: bool = False
    per_page: int | None = None
    placement: Placement | None = None
    presets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict that `read` understands. Solo is of the moment and not in it."""
        return {
            "order": list(self.order),
            "hidden": sorted(self.hidden),
            "names": dict(self.names),
            "colours": {key: list(colour[:3]) for key, colour in self.colours.items()},
            "bad": dict(self.bad),
            "by_group": self.by_group,
            "per_page": self.per_page,
            "layout": self.placement and self.placement.to_json(),
            "presets": {name: list(keys) for name, keys in self.presets.items()},
        }

    def read(self, saved: Mapping[str, Any]) -> ChannelState:
        """Return this state with what `saved` changes; what is not understood is left as it is."""
        order, hidden = _keys(saved.get("order")), _keys(saved.get("hidden"))
        names, bad = _entries(saved.get("names")), _entries(saved.get("bad"))
        colours, presets = _entries(saved.get("colours")), _entries(saved.get("presets"))
        per_page = saved.get("per_page", self.per_page)
        read = replace(self, solo=frozenset())
        if order is not None:
            read = replace(read, order=tuple(dict.fromkeys(order)))
        if hidden is not None:
            read = replace(read, hidden=frozenset(hidden))
        if names is not None:
            given = {k: display_name(n) for k, n in names.items() if isinstance(n, str)}
            read = replace(read, names={k: n for k, n in given.items() if n})
        if bad is not None:
            read = replace(read, bad={k: reason_text(r) for k, r in bad.items() if isinstance(r, str)})
        if colours is not None:
            read = replace(read, colours={k: (c[0], c[1], c[2], 255) for k, c in colours.items() if _is_colour(c)})
        if isinstance(saved.get("by_group"), bool):
            read = replace(read, by_group=saved["by_group"])
        if per_page is None or (type(per_page) is int and 0 <= per_page <= MAX_CHANNELS):
            read = replace(read, per_page=per_page)
        if "layout" in saved:
            placement = Placement.from_json(saved["layout"])
            if placement is not None or saved["layout"] is None:
                read = replace(read, placement=placement)
        if presets is not None:
            lists = {display_name(n): _keys(k) for n, k in list(presets.items())[:MAX_PRESETS]}
            read = replace(read, presets={n: tuple(dict.fromkeys(k)) for n, k in lists.items() if n and k})
        return read


def channel_keys(names: Sequence[str]) -> tuple[str, ...]:
    """Return what each channel is remembered by: its name, with its number where several have that name."""
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    taken = {name for name, count in counts.items() if count == 1}
    keys = []
    for number, name in enumerate(names):
        key = name
        if counts[name] > 1:
            key = f"{name} #{number}"
            while key in taken:
                key += "'"
            taken.add(key)
        keys.append(key)
    return tuple(keys)


def arranged(keys: Sequence[str], order: Iterable[str]) -> list[str]:
    """Return `keys` with those that `order` knows in its sequence, on the places they have together."""
    rank = {key: i for i, key in enumerate(order)}
    known = iter(sorted((key for key in keys if key in rank), key=rank.__getitem__))
    return [next(known) if key in rank else key for key in keys]


def display_name(text: str) -> str:
    """Return a name as it can be shown: one line, drawable, at most 64 characters."""
    return " ".join(clean(text, 10 * MAX_LABEL).split())[:MAX_LABEL].rstrip()


def reason_text(text: str) -> str:
    """Return a reason as it can be shown: one line, drawable, at most 200 characters."""
    return " ".join(clean(text, 10 * MAX_REASON).split())[:MAX_REASON].rstrip()


def _keys(value: object) -> list[str] | None:
    if not isinstance(value, list | tuple) or len(value) > MOST_ENTRIES:
        return None
    return [key for key in value if _is_key(key)]


def _entries(value: object) -> dict[str, Any] | None:
    if not isinstance(value, Mapping) or len(value) > MOST_ENTRIES:
        return None
    return {key: entry for key, entry in value.items() if _is_key(key)}


def _is_key(value: object) -> bool:
    # A key is a device's name and perhaps a number behind it.
    return isinstance(value, str) and len(value) <= MAX_NAME + 16


def _is_colour(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) >= 3 and all(type(p) is int and 0 <= p < 256 for p in value)
