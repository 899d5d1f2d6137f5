"""The channels of one stream as a person has arranged them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..sources.grids import Placement
from ..sources.language import later, tr, trn
from .arranged_channels import ArrangedChannels
from .channel_presets import Preset
from .channel_state import arranged, display_name, reason_text
from .edits import TOGETHER_S, Edit, Undo
from .palette import Colour

PAGES = (8, 16, 32, 64, 0)
REASONS = (later("flat"), later("noisy"), later("50 Hz"), later("loose electrode"))
"""What a channel is usually bad for; to be offered, not the only ones."""

Numbers = int | Iterable[int]


class Channels(ArrangedChannels):
    """Which channels are shown, in what order, under what name and in what colour. Main thread only.

    Channels are numbered as the device has them, from 0. What a person changes is kept by the device's names, so
    that it is still there after a reconnect, and after a montage whose channels have other names. Every change is an
    `Edit` on `undo`; a method returns None where it changed nothing.

    Parameters
    ----------
    undo
        Where edits go; a stack of its own when not given.
    """

    def __init__(self, undo: Undo | None = None) -> None:
        super().__init__()
        self.undo = undo if undo is not None else Undo()

    # What a person changes

    def show(self, numbers: Numbers, shown: bool = True) -> Edit | None:
        """Tick channels, or take their ticks away; solo ends."""
        keys, text = self._of(numbers)
        hidden = self._state.hidden - keys if shown else self._state.hidden | keys
        return self._edit((tr("Show {what}") if shown else tr("Hide {what}")).format(what=text), hidden=hidden)

    def choose(self, numbers: Numbers, text: str = "") -> Edit | None:
        """Tick just these channels; solo ends."""
        keys, what = self._of(numbers)
        hidden = (self._state.hidden | set(self._keys)) - keys
        return self._edit(text or tr("Show only {what}").format(what=what), hidden=hidden)

    def show_all(self) -> Edit | None:
        """Tick every channel."""
        return self.choose(self.order, tr("Show all channels"))

    def show_none(self) -> Edit | None:
        """Take every tick away."""
        return self.choose((), tr("Hide all channels"))

    def invert(self) -> Edit | None:
        """Tick what is not ticked, and the other way round."""
        return self.choose([i for i in self.order if not self.is_shown(i)], tr("Invert the choice of channels"))

    def solo(self, number: int) -> Edit | None:
        """Show only this channel, along with others that are solo; once more, and it is so no longer.

        When none is left, what was shown before is back.
        """
        solo = self._state.solo ^ {self._keys[number]}
        text = tr("Solo {what}") if self._keys[number] in solo else tr("End solo of {what}")
        return self._edit(text.format(what=self.label(number)), solo=solo)

    def end_solo(self) -> Edit | None:
        """Bring back what was shown before solo."""
        return self._edit(tr("End solo"), solo=frozenset())

    def rename(self, number: int, name: str) -> Edit | None:
        """Give a channel a name of at most 64 characters; an empty one brings the device's back."""
        key, before, given = self._keys[number], self.label(number), display_name(name)
        names = {k: n for k, n in self._state.names.items() if k != key}
        if given and given != self.names[number]:
            names[key] = given
        text = tr("Rename {what} to {name}").format(what=before, name=given or self.names[number])
        return self._edit(text, names=names)

    def recolour(self, number: int, colour: Colour | None) -> Edit | None:
        """Give a channel a colour; None brings its own back. Colours that follow each other closely are one edit."""
        key = self._keys[number]
        colours = {k: c for k, c in self._state.colours.items() if k != key}
        if colour is not None:
            colours[key] = (*colour[:3], 255)
        return self._edit(tr("Colour {what}").format(what=self.label(number)), f"colour {key}", colours=colours)

    def colour_by_group(self, by_group: bool) -> Edit | None:
        """Give channels of one muscle one hue, or each the next colour of the cycle."""
        return self._edit(tr("Colour by muscle") if by_group else tr("Colour one by one"), by_group=by_group)

    def reset_colours(self) -> Edit | None:
        """Forget colours that were chosen."""
        return self._edit(tr("Reset colours"), colours={})

    def move(self, number: int, to: int, key: str = "") -> Edit | None:
        """Put a channel at a place of `order`, from 0. Moves with the same `key`, such as those of a drag, are one."""
        order = [i for i in self.order if i != number]
        order.insert(min(max(to, 0), len(order)), number)
        return self._reorder(order, tr("Move {what}").format(what=self.label(number)), key)

    def reset_order(self) -> Edit | None:
        """Go back to the order in which the stream gives its channels."""
        return self._reorder(list(range(len(self._keys))), tr("Order of the device"))

    def _reorder(self, order: list[int], text: str, key: str = "", **more: Any) -> Edit | None:
        if order == self.order and not more:
            return None
        keys = [self._keys[i] for i in order]
        here = set(keys)
        # Channels that are not there now keep their order among themselves.
        return self._edit(text, key, order=(*keys, *(k for k in self._state.order if k not in here)), **more)

    def mark_bad(self, numbers: Numbers, reason: str = "") -> Edit | None:
        """Mark channels bad, for a reason in a few words."""
        keys, text = self._of(numbers)
        reason = reason_text(reason)
        says = tr("Mark {what} bad: {reason}") if reason else tr("Mark {what} bad")
        return self._edit(
            says.format(what=text, reason=reason), bad={**self._state.bad, **dict.fromkeys(sorted(keys), reason)}
        )

    def mark_found(self, reasons: Mapping[int, str]) -> Edit | None:
        """Mark channels bad for the reasons that a check found, number to words; in one edit."""
        _, text = self._of(reasons)
        found = {self._keys[number]: reason_text(reason) for number, reason in reasons.items()}
        return self._edit(tr("Mark {what} bad").format(what=text), bad={**self._state.bad, **found})

    def mark_good(self, numbers: Numbers) -> Edit | None:
        """Take marks away."""
        keys, text = self._of(numbers)
        bad = {key: reason for key, reason in self._state.bad.items() if key not in keys}
        return self._edit(tr("Mark {what} good").format(what=text), bad=bad)

    def place(self, placement: Placement | None) -> Edit | None:
        """Lay the channels out on grids of one's own choice; None goes back to what the stream says."""
        return self._edit(tr("Electrode layout"), placement=placement)

    # Presets

    def use(self, preset: Preset) -> Edit | None:
        """Tick just the channels of a preset; in its order, where it was saved."""
        text = tr("Preset {name}").format(name=preset.name)
        if not preset.saved:
            return self.choose(preset.numbers, text)
        keys = [self._keys[number] for number in preset.numbers]
        order = [self._numbers[key] for key in arranged([self._keys[i] for i in self.order], keys)]
        hidden = (self._state.hidden | set(self._keys)) - set(keys)
        return self._reorder(order, text, hidden=hidden)

    def save_preset(self, name: str) -> Edit | None:
        """Keep what is ticked, and its order, under a name; an empty name is not taken."""
        given = display_name(name)
        keys = tuple(self._keys[i] for i in self.order if self.is_shown(i))
        if not given or not keys:
            return None
        text = tr("Save preset {name}").format(name=given)
        return self._edit(text, presets={**self._state.presets, given: keys})

    def delete_preset(self, name: str) -> Edit | None:
        """Forget a saved preset."""
        kept = {n: keys for n, keys in self._state.presets.items() if n != name}
        return self._edit(tr("Delete preset {name}").format(name=name), presets=kept)

    # Edits

    def _of(self, numbers: Numbers) -> tuple[set[str], str]:
        """Return keys of channels, and what an edit calls them."""
        wanted = [numbers] if isinstance(numbers, int) else list(numbers)
        if len(wanted) == 1:
            return {self._keys[wanted[0]]}, self.label(wanted[0])
        return {self._keys[i] for i in wanted}, trn("{n} channel", "{n} channels", len(wanted)).format(n=len(wanted))

    def _edit(self, text: str, key: str = "", **after: Any) -> Edit | None:
        """Change the state, so that it can be taken back; only what is named here, and only if it is another."""
        if "hidden" in after:
            after["solo"] = frozenset()
        before = {name: getattr(self._state, name) for name in after}
        if before == after:
            return None
        within_s = math.inf if "order" in after else TOGETHER_S
        return self.undo.do(Edit(text, lambda: self._take(after), lambda: self._take(before), key, within_s))

    def _take(self, changes: Mapping[str, Any]) -> None:
        self._state = replace(self._state, **changes)
        self._arrange()
