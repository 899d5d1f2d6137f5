"""The queue between the threads that acquire and the one that writes: bounded in bytes, and it never forgets."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Takes items from any thread and gives them to one, in order. What it cannot take it refuses, and says why.

    Parameters
    ----------
    capacity_bytes
        How much may wait.
    wake_bytes
        How much must wait before the reader is woken early: writing in large pieces is cheap.
    """

    def __init__(self, capacity_bytes: int, wake_bytes: int) -> None:
        self.capacity_bytes = capacity_bytes
        self.closed = ""
        self._wake_bytes = wake_bytes
        self._items: deque[tuple[T, int]] = deque()
        self._n_bytes = 0
        # Held for the few instructions that keep the count true, never while anything waits.
        self._lock = threading.Lock()
        self._woken = threading.Event()

    @property
    def fraction(self) -> float:
        """How full it is, 0 to 1."""
        return min(1.0, self._n_bytes / self.capacity_bytes)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._items

    def put(self, item: T, n_bytes: int) -> str:
        """Add an item; return "" or why it was refused. Any thread may call it."""
        with self._lock:
            if self.closed:
                return self.closed
            waiting = self._n_bytes + n_bytes
            if waiting > self.capacity_bytes and self._n_bytes:
                return "queue full"
            self._items.append((item, n_bytes))
            self._n_bytes = waiting
        if waiting >= self._wake_bytes and not self._woken.is_set():
            self._woken.set()
        return ""

    def post(self, item: T) -> None:
        """Add an item that is too small to count and too important to refuse. Any thread may call it."""
        with self._lock:
            self._items.append((item, 0))

    def wait(self, timeout_s: float) -> None:
        """Return when much is waiting, or after `timeout_s`."""
        if timeout_s > 0:
            self._woken.wait(timeout_s)
        self._woken.clear()

    def take(self, max_bytes: int) -> list[T]:
        """Return the oldest items, about `max_bytes` of them; nothing when nothing waits. One thread calls it."""
        taken: list[T] = []
        with self._lock:
            n_bytes = 0
            while self._items and n_bytes < max_bytes:
                item, size = self._items.popleft()
                taken.append(item)
                n_bytes += size
            self._n_bytes -= n_bytes
        return taken

    def close(self, why: str) -> None:
        """Refuse everything that is `put` from now on; what waits can still be taken."""
        with self._lock:
            self.closed = self.closed or why
