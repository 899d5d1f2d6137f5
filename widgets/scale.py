"""How much signal fits a lane: robust, stepwise, eased."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .figures import step_from, step_up

Sharing = Literal["all", "type", "none"]
SHARINGS: tuple[Sharing, ...] = ("all", "type", "none")
EASE_S = 0.3
FILLS = 0.48
ARTEFACT_MS = 150.0
MOST_ARTEFACT = 0.25
LOUD = 6.0
MANY = 24


def extents(columns: NDArray[np.float32], artefact: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the middle of each channel and how far it reaches from there, but for artefacts.

    Parameters
    ----------
    columns
        Shape (n_channels, n_columns, 2): lowest and highest values, NaN where nothing was sampled.
    artefact
        Which part of the window may stick out: what is large for no longer than that does not count.

    Returns
    -------
    centre, reach
        Shape (n_channels,), float32, in the stream's unit; NaN for a channel without a value.
    """
    step = max(1, columns.shape[1] // 256)
    low, high = columns[:, ::step, 0], columns[:, ::step, 1]
    middle: NDArray[np.float32] = (low + high) * np.float32(0.5)
    centre = _share(middle, 0.5)
    reach: NDArray[np.float32] = np.maximum(high - centre[:, None], centre[:, None] - low)
    return centre, _share(reach, 1.0 - min(max(artefact, 0.0), MOST_ARTEFACT))


def _share(values: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Return the value that `share` of each row is not above; NaN are left out."""
    ordered = np.sort(values, axis=1)
    known = ordered.shape[1] - np.isnan(ordered).sum(axis=1)
    at = np.minimum(np.floor(known * share).astype(np.int64), np.maximum(known - 1, 0))
    return np.ascontiguousarray(ordered[np.arange(len(ordered)), at], dtype=np.float32)


class Scale:
    """What one lane spans, per channel: half a lane is `reach` around `centre`.

    Parameters
    ----------
    n_channels
        How many channels there are.
    types
        What each channel measures, where they may be scaled together by type.
    """

    def __init__(self, n_channels: int, types: tuple[str, ...] = ()) -> None:
        self.auto = True
        self.sharing: Sharing = "all"
        kinds = types if len(types) == n_channels else ("",) * n_channels
        self._types = np.unique(kinds, return_inverse=True)[1].astype(np.int64)
        self.centre = np.zeros(n_channels, dtype=np.float32)
        self.reach = np.ones(n_channels, dtype=np.float32)
        self._to_centre = self.centre.copy()
        self._to_reach = self.reach.copy()
        self._known = False
        self.settled = True

    @property
    def known(self) -> bool:
        """Whether a signal, or a person, has set it yet."""
        return self._known

    @property
    def gain(self) -> NDArray[np.float32]:
        """Lanes per unit, shape (n_channels,)."""
        return (FILLS / self.reach).astype(np.float32)

    @property
    def target(self) -> NDArray[np.float32]:
        """The reach that is being eased to, shape (n_channels,)."""
        return self._to_reach

    def _groups(self, among: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Return the channels that share a scale, group by group; `among` are those that count."""
        if self.sharing == "all":
            return [among]
        if self.sharing == "type":
            return [among[self._types[among] == kind] for kind in np.unique(self._types[among])]
        return []

    def _alike(self, channel: int) -> NDArray[np.int64]:
        """Return all channels that share a scale with one."""
        every: NDArray[np.int64] = np.arange(len(self.reach))
        if self.sharing == "type":
            alike: NDArray[np.int64] = every[self._types == self._types[channel]]
            return alike
        return every if self.sharing == "all" else every[channel : channel + 1]

    def aim(self, centre: NDArray[np.float32], reach: NDArray[np.float32], shown: NDArray[np.int64]) -> None:
        """Learn how the signal lies now, as `extents` returns it; `shown` are the channels that count together."""
        moved = np.isfinite(centre) & ((np.abs(centre - self._to_centre) > 0.1 * self._to_reach) | (not self._known))
        if self.auto:
            wanted = np.where(np.isfinite(reach) & (reach > 0), reach * 1.15, np.nan)
            for group in self._groups(shown):
                wanted[self._alike(int(group[0])) if len(group) else group] = _together(wanted[group])
            for channel in np.flatnonzero(np.isfinite(wanted)):
                now = float(self._to_reach[channel])
                # Only up when it does not fit, only down when it fills much less: the bar keeps still.
                if not self._known or wanted[channel] > now or wanted[channel] < 0.6 * now:
                    self._to_reach[channel] = step_up(float(wanted[channel]))
        self._to_centre[moved] = centre[moved]
        if not self._known and np.isfinite(centre).any():
            self._known = True
            self.centre[:], self.reach[:] = self._to_centre, self._to_reach
        self.settled = False

    def nudge(self, direction: int, channel: int | None = None) -> None:
        """Take over by hand: one step larger on screen (+1) or smaller (-1); one channel and those like it, or all."""
        self.auto = False
        which = np.arange(len(self.reach)) if channel is None else self._alike(channel)
        if self.sharing == "all":
            self._to_reach[:] = step_from(float(np.median(self._to_reach)), -direction)
        else:
            self._to_reach[which] = [step_from(float(reach), -direction) for reach in self._to_reach[which]]
        self.settled = False

    def share(self, sharing: Sharing) -> None:
        """Scale channels together, by type or each for itself; a shared scale begins with the largest usual one."""
        self.sharing = sharing
        for group in self._groups(np.arange(len(self.reach))):
            self._to_reach[group] = _together(self._to_reach[group])
        self.settled = False

    def set_reach(self, reach: float | NDArray[np.float32]) -> None:
        """Take over by hand: half a lane is `reach`, in the stream's unit; one for all, or shape (n_channels,)."""
        self.auto = False
        self._known = True
        self._to_reach[:] = reach
        self.settled = False

    def ease(self, dt: float) -> None:
        """Move towards the target; `dt` is the time since the last frame, s."""
        if self.settled:
            return
        share = 1 - math.exp(-max(0.0, dt) * 3 / EASE_S)
        self.reach *= (self._to_reach / self.reach) ** np.float32(share)
        self.centre += (self._to_centre - self.centre) * np.float32(share)
        near = np.abs(self.reach - self._to_reach) < 0.005 * self._to_reach
        near &= np.abs(self.centre - self._to_centre) < 0.005 * self._to_reach
        if near.all():
            self.reach[:], self.centre[:] = self._to_reach, self._to_centre
            self.settled = True


def _together(reach: NDArray[np.float32]) -> float:
    """Return one reach for all: the largest, but for channels that are far louder than the rest.

    Where many lanes share the screen each is low; the loudest quarter may then reach into its neighbours.
    """
    known = reach[np.isfinite(reach)]
    if not len(known):
        return math.nan
    usual = known[known <= LOUD * np.median(known)]
    return float(usual.max() if len(usual) <= MANY else np.quantile(usual, 0.75))
