"""Exports and imports in the background, and what became of the last one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..recordings.progress import Progress, Stopped
from ..sources.language import tr
from .jobs import Job, Jobs

if TYPE_CHECKING:
    from ..recordings.formats import Made

Kind = Literal["export", "import"]


@dataclass(frozen=True)
class Exchanged:
    """How an export or an import ended.

    Parameters
    ----------
    kind
        Which of the two.
    path
        What was made; where it would have been when `error` says something.
    notes
        Sentences for the person: what was padded, rounded, left out.
    error
        Why there is nothing; empty when there is.
    """

    kind: Kind
    path: Path
    notes: tuple[str, ...] = ()
    error: str = ""


class Exchange:
    """Starts exports and imports as jobs. Any thread may look at `newest`.

    Parameters
    ----------
    jobs
        Runs them.
    """

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.newest: Exchanged | None = None
        """The one that ended last; None before the first, and nothing for one that was stopped."""

    def export(self, session_path: Path, name: str, out: Path, options: Mapping[str, Any]) -> Job:
        """Write a session in another format.

        Parameters
        ----------
        session_path
            The session's folder.
        name
            A format's name.
        out
            What to make.
        options
            As the format takes them.
        """
        from ..recordings import open_session
        from ..recordings.formats import export_session, format_named

        def make(progress: Progress) -> Made:
            with open_session(session_path) as session:
                return export_session(session, name, out, progress, **options)

        words = tr("Exporting {name} as {format}")
        title = words.format(name=session_path.stem, format=tr(format_named(name).title))
        return self._start("export", title, out, make, tr("Exported: {path}."))

    def import_file(self, file: Path, folder: Path, name: str, options: Mapping[str, Any]) -> Job:
        """Make a session of a file from elsewhere.

        Parameters
        ----------
        file
            The file.
        folder
            Where the session goes.
        name
            A format's name.
        options
            As the format takes them.
        """
        from ..recordings.formats import import_file

        def make(progress: Progress) -> Made:
            return import_file(file, folder, progress, name=name, **options)

        title = tr("Importing {name}").format(name=file.name)
        return self._start("import", title, file, make, tr("Imported: {path}."))

    def _start(self, kind: Kind, title: str, path: Path, make: Callable[[Progress], Made], done: str) -> Job:
        """Make something in the background; `path` is told of when it fails, `done` when it does not."""

        def work(progress: Progress) -> str:
            try:
                made = make(progress)
            except Stopped:
                raise
            except Exception as error:
                # The notice tells of it too, whatever a library raises.
                self.newest = Exchanged(kind, path, (), str(error) or type(error).__name__)
                raise
            self.newest = Exchanged(kind, made.path, tuple(made.notes))
            return done.format(path=made.path)

        return self.jobs.start(title, work)
