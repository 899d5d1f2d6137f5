"""The queues between the threads that acquire and the one that writes: bounded in bytes, and they never forget."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Generic, TypeVar

from ..sources.block import Block

T = TypeVar("T")
MOST_LEASES = 16
"""A lane is promised this part of the capacity ahead, or less, so that all promises together are half of it at most;
what is promised and not used is taken back where others need it."""


class Lane(Generic[T]):
    """The queue of one stream: blocks, and what else concerns it, in order. One thread puts, another one takes.

    Nothing is locked on the way: each count is written by one thread alone, and a lane asks its `Inbox` only where
    what was promised to it is used up. That spares the device's thread most of what a queue costs.

    Parameters
    ----------
    inbox
        Which bounds it, together with all others.
    """

    def __init__(self, inbox: Inbox[Any]) -> None:
        self._inbox = inbox
        self._items: deque[Block | T] = deque()
        self._append = self._items.append
        # Bytes since the beginning: put, by whoever puts; taken, by whoever takes; up to where nobody need be asked.
        self._n_put = self._n_taken = 0
        self.promised = -1
        inbox.join(self)

    @property
    def n_put(self) -> int:
        """Bytes put so far. Any thread may ask."""
        return self._n_put

    @property
    def n_waiting(self) -> int:
        """Bytes that wait. Any thread may ask."""
        return self._n_put - self._n_taken

    @property
    def n_reserved(self) -> int:
        """Bytes that wait, or may be put without asking."""
        return max(self.promised, self._n_put) - self._n_taken

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._items

    def take(self, max_bytes: int) -> list[Block | T]:
        """Return the oldest items, about `max_bytes` of them; nothing when nothing waits. One thread calls it."""
        items, taken, n_bytes = self._items, [], 0
        while items and n_bytes < max_bytes:
            item = items.popleft()
            taken.append(item)
            if isinstance(item, Block):
                n_bytes += item.data.nbytes + item.timestamps.nbytes
        self._n_taken += n_bytes
        return taken


class Inbox(Generic[T]):
    """Bounds what waits in all lanes together, and takes notes from any thread. What is refused is told why.

    Parameters
    ----------
    capacity_bytes
        How much may wait.
    wake_bytes
        How much must wait before the reader is woken early.
    """

    def __init__(self, capacity_bytes: int, wake_bytes: int) -> None:
        self.capacity_bytes = capacity_bytes
        self.closed = ""
        self.lanes: tuple[Lane[Any], ...] = ()
        self._wake_bytes = wake_bytes
        self._notes: deque[T] = deque()
        # Held for the few instructions that keep what is promised true, never while anything waits.
        self._lock = threading.Lock()
        self._woken = threading.Event()

    @property
    def fraction(self) -> float:
        """How full it is, 0 to 1."""
        return min(1.0, sum(lane.n_waiting for lane in self.lanes) / self.capacity_bytes)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._notes and all(lane.is_empty for lane in self.lanes)

    def join(self, lane: Lane[Any]) -> None:
        """Add a lane. Any thread may call it."""
        with self._lock:
            self.lanes = (*self.lanes, lane)

    def ask(self, lane: Lane[Any], n_put: int) -> str:
        """Let a lane put up to `n_put` bytes since its beginning, and some more; return "" or why it may not."""
        with self._lock:
            if self.closed:
                return self.closed
            before = sum(one.n_waiting for one in self.lanes)
            lane.promised = -1
            free = self._free(lane, n_put)
            if free < 0:
                # What was promised and is not used is taken back; who puts at this very moment may put one block more.
                for other in self.lanes:
                    other.promised = -1
                free = self._free(lane, n_put)
                if free < 0 and before:
                    return "queue full"
            lease = min(free, self.capacity_bytes // max(MOST_LEASES, 2 * len(self.lanes)))
            lane.promised = n_put + max(0, lease)
            waiting = before + n_put - lane.n_put
        if waiting >= self._wake_bytes and not self._woken.is_set():
            self._woken.set()
        return ""

    def _free(self, lane: Lane[Any], n_put: int) -> int:
        """Return the room that is left when a lane has put up to `n_put`."""
        return self.capacity_bytes - sum(one.n_reserved for one in self.lanes) - (n_put - lane.n_put)

    def post(self, note: T) -> None:
        """Add what is too small to count and too important to refuse. Any thread may call it."""
        self._notes.append(note)

    def take_notes(self) -> list[T]:
        """Return what was posted, in order. One thread calls it."""
        return [self._notes.popleft() for _ in range(len(self._notes))]

    def wait(self, timeout_s: float) -> None:
        """Return when much is waiting, or after `timeout_s`."""
        if timeout_s > 0:
            self._woken.wait(timeout_s)
        self._woken.clear()

    def close(self, why: str) -> None:
        """Refuse everything that comes from now on; what waits can still be taken."""
        with self._lock:
            self.closed = self.closed or why
            for lane in self.lanes:
                lane.promised = -1
