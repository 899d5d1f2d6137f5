"""The protocols a person has saved: files in their data folder, to be handed on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from ..sources.language import tr
from .errors import AppError

if TYPE_CHECKING:
    from ..recordings.protocol import RecordingProtocol


def protocols_folder() -> Path:
    """Return where protocols are kept; ``MYOSCOPE_CONFIG_DIR`` overrides the user's folder."""
    base = os.environ.get("MYOSCOPE_CONFIG_DIR") or platformdirs.user_data_dir("myoscope", appauthor=False)
    return Path(base) / "protocols"


class Protocols:
    """Saved protocols by name.

    Parameters
    ----------
    folder
        Where their files are; made when the first one is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Menus ask a few times a second: files are read again only when one has changed.
        self._listing: tuple[tuple[str, int, int], ...] | None = None
        self._known: dict[str, RecordingProtocol] = {}
        self.problems: tuple[str, ...] = ()
        """A sentence for each file that could not be read at the last look."""

    def all(self) -> dict[str, RecordingProtocol]:
        """Return every protocol that can be read, by name, in the order of names."""
        from ..recordings import SessionError
        from ..recordings.protocol import SUFFIX, read_protocol

        try:
            with os.scandir(self.folder) as entries:
                files = [e for e in entries if e.name.endswith(SUFFIX)]
            listing = tuple(sorted((e.name, e.stat().st_mtime_ns, e.stat().st_size) for e in files))
        except OSError:
            # Nothing has been saved yet.
            listing = ()
        if listing == self._listing:
            return dict(self._known)
        found, problems = {}, []
        for path in (self.folder / name for name, _, _ in listing):
            try:
                protocol = read_protocol(path)
            except SessionError as error:
                problems.append(str(error))
            else:
                found[protocol.name] = protocol
        self.problems = tuple(problems)
        self._listing, self._known = listing, dict(sorted(found.items()))
        return dict(self._known)

    def get(self, name: str) -> RecordingProtocol | None:
        """Return a protocol by its name; None where there is none."""
        return self.all().get(name) if name else None

    def save(self, protocol: RecordingProtocol) -> Path:
        """Keep a protocol; one of the same name is replaced.

        Raises
        ------
        SessionError
            When it cannot be written.
        AppError
            When another one has a file of that name already.
        """
        from ..recordings.protocol import file_name, write_protocol

        path = self.folder / file_name(protocol.name)
        other = next((n for n in self.all() if n != protocol.name and file_name(n) == path.name), None)
        if other is not None:
            words = tr("The protocol {other} has the file {file} already. Choose a name that differs more.")
            raise AppError(words.format(other=other, file=path.name))
        write_protocol(path, protocol)
        return path

    def remove(self, name: str) -> None:
        """Forget a protocol; its file is removed."""
        from ..recordings.protocol import file_name

        (self.folder / file_name(name)).unlink(missing_ok=True)

    def take_in(self, path: Path) -> RecordingProtocol:
        """Read a file from elsewhere and keep it; return it, under another name where its own is taken.

        Raises
        ------
        SessionError, AppError
            When it cannot be read, or kept.
        """
        from ..recordings.protocol import changed, read_protocol

        protocol, known = read_protocol(path), self.all()
        if protocol.name in known and known[protocol.name] != protocol:
            names = (f"{protocol.name[:70]} ({i})" for i in range(2, 1000))
            protocol = changed(protocol, name=next(name for name in names if name not in known))
        self.save(protocol)
        return protocol

    def hand_out(self, protocol: RecordingProtocol, path: Path) -> Path:
        """Write a protocol to a file, or into a folder, outside; nothing is overwritten.

        Raises
        ------
        SessionError, AppError
            When it cannot be written, or there is such a file already.
        """
        from ..recordings.protocol import file_name, write_protocol

        path = path / file_name(protocol.name) if path.is_dir() else path
        if path.exists():
            raise AppError(tr("{path} exists already. Choose another name.").format(path=path))
        write_protocol(path, protocol)
        return path
