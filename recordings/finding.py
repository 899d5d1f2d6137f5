"""Finding a session: the folder that was meant, or the only session in it."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import SessionError
from .layout import METADATA, SUFFIX
from .places import LocalPlace, Place, place_of


def find_place(path: str | os.PathLike[str]) -> Place:
    """Return the session's folder, here or behind a URL.

    Raises
    ------
    SessionError
        When there is none, or more than one.
    """
    place = place_of(path)
    if isinstance(place, LocalPlace):
        return LocalPlace(find_session(place.path))
    from .remote import RemotePlace

    if not isinstance(place, RemotePlace) or place.size(METADATA) is not None:
        return place
    try:
        inside = place.inside(SUFFIX)
    except SessionError:
        # Not every server tells what it has.
        inside = []
    if len(inside) == 1:
        return place / inside[0]
    if inside:
        raise SessionError(f"{path} holds {len(inside)} sessions. Give one of them: {_some(inside)}.")
    raise SessionError(
        f"{path} is no session, or cannot be reached: there is no {METADATA}."
        f" Give the URL of one, which ends in {SUFFIX}, and check the network."
    )


def find_session(path: str | os.PathLike[str]) -> Path:
    """Return the session's folder on this machine: `path`, or the only session in it.

    Raises
    ------
    SessionError
        When there is none, or more than one.
    """
    try:
        folder = Path(path).expanduser().resolve()
        if not folder.exists():
            raise SessionError(f"{path} does not exist. Give the folder of a session; its name ends in {SUFFIX}.")
        if not folder.is_dir():
            raise SessionError(f"{path} is a file. Give the folder of a session; its name ends in {SUFFIX}.")
        if os.path.lexists(folder / METADATA):
            return folder
        inside = sorted(child for child in folder.iterdir() if child.suffix == SUFFIX and child.is_dir())
    except (OSError, ValueError, RuntimeError) as error:
        raise SessionError(f"{path!s} cannot be opened: {error}.") from error
    if len(inside) == 1:
        return inside[0]
    if inside:
        names = _some([child.name for child in inside])
        raise SessionError(f"{path} holds {len(inside)} sessions. Give one of them: {names}.")
    raise SessionError(
        f"{path} is not a session: it has no {METADATA}. Give the folder of one; its name ends in {SUFFIX}."
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
