"""Exports and imports in the background, and what became of the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..recordings.progress import Progress, Stopped
from ..sources.language import tr
from .jobs import Job, Jobs


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

    kind: Literal["export", "import"]
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

        def work(progress: Progress) -> str:
            with open_session(session_path) as session:
                made = export_session(session, name, out, progress, **options)
            self.newest = Exchanged("export", made.path, tuple(made.notes))
            return tr("Exported: {path}.").format(path=made.path)

        words = tr("Exporting {name} as {format}")
        title = words.format(name=session_path.stem, format=tr(format_named(name).title))
        return self.jobs.start(title, lambda progress: self._told("export", out, work, progress))

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

        def work(progress: Progress) -> str:
            made = import_file(file, folder, progress, name=name, **options)
            self.newest = Exchanged("import", made.path, tuple(made.notes))
            return tr("Imported: {path}.").format(path=made.path)

        title = tr("Importing {name}").format(name=file.name)
        return self.jobs.start(title, lambda progress: self._told("import", file, work, progress))

    def _told(self, kind: Literal["export", "import"], path: Path, work: Any, progress: Progress) -> str:
        try:
            words: str = work(progress)
        except Stopped:
            raise
        except Exception as error:
            self.newest = Exchanged(kind, path, (), str(error) or type(error).__name__)
            raise
        return words
