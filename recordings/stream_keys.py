"""Under which names streams stand in a file that needs some names for itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable

APART = "~stream"
"""No group of a session ends so."""


def keys_of(streams: Iterable[str], own: Collection[str] = (), ends: Collection[str] = ()) -> dict[str, str]:
    """Return the key of each stream: its name, or with `APART` behind it where the file means something else by that.

    Parameters
    ----------
    streams
        Names of all streams in the file.
    own
        Names that the file has for itself, such as ``events``; upper and lower case are one in some folders.
    ends
        What is put behind the name of a stream for what belongs to it, such as ``_timestamps``.
    """
    names = list(streams)
    meant = {name.casefold() for name in own} | {f"{name}{end}".casefold() for name in names for end in ends}
    return {name: name + APART if name.casefold() in meant else name for name in names}
