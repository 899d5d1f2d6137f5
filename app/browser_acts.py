"""What is done to recorded sessions from the list of them: words, tags, cuts, joins, exports, putting aside."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..recordings.progress import Progress, part
from ..sources.language import tr, trn
from ..widgets.edits import Edit, Undo
from .browser_summary import SessionEntry
from .browser_trash import Trashed, bring_back, put_aside
from .engine import Engine

if TYPE_CHECKING:
    from ..recordings.about_edits import AboutEdit, Change
    from ..recordings.cutting import Range


class BrowserActs:
    """Changes sessions in the background; words, tags and what was put aside can be taken back. Main thread only.

    Parameters
    ----------
    engine
        Does slow work, and is told what came of it.
    operator
        Returns who does it; empty for the user of the computer.
    """

    def __init__(self, engine: Engine, operator: Callable[[], str]) -> None:
        self._engine = engine
        self._operator = operator
        self.undo = Undo()
        self.on_change: list[Callable[[], object]] = []
        """Called, by any thread, when something was written."""

    @property
    def by(self) -> str:
        """Who does it, for the audit trail."""
        if self._operator():
            return self._operator()
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            # A computer without user names.
            return ""

    # Words and tags

    def describe(self, changes: Mapping[Path, Sequence[Change]], text: str, key: str = "") -> None:
        """Write changes into the audit trails of sessions; one step to take back."""
        made: list[tuple[Path, list[AboutEdit]]] = []
        by = self.by

        def do() -> None:
            self._submit(text, partial(self._write, dict(changes), by, made))

        def undo() -> None:
            self._submit(text, partial(self._take_back, made, by))

        self.undo.do(Edit(text, do, undo, key))

    def _write(
        self, changes: Mapping[Path, Sequence[Change]], by: str, made: list[tuple[Path, list[AboutEdit]]]
    ) -> None:
        from ..recordings.about_edits import edit_about

        made.clear()
        try:
            for path, wanted in changes.items():
                made.append((path, edit_about(path, wanted, by)))
        finally:
            self.told()

    def _take_back(self, made: list[tuple[Path, list[AboutEdit]]], by: str) -> None:
        from ..recordings.about_edits import edit_about

        try:
            for path, edits in reversed(made):
                edit_about(path, [edit.back for edit in reversed(edits)], by)
        finally:
            self.told()

    def tag(self, entries: Iterable[SessionEntry], tag: str, *, on: bool) -> None:
        """Give sessions a tag, or take it from them."""
        from ..recordings.about_edits import Change

        changes = {}
        for entry in entries:
            after = [one for one in entry.tags if one != tag] + ([tag] if on else [])
            if sorted(after) != sorted(entry.tags):
                changes[entry.path] = [Change("tags", after)]
        if changes:
            words = tr("Tag {n} with «{tag}»") if on else tr("Take «{tag}» from {n}")
            self.describe(changes, words.format(n=len(changes), tag=tag))

    def told(self) -> None:
        """Tell whoever listens that something was written. Any thread may call it."""
        for told in self.on_change:
            told()

    def _submit(self, what: str, work: Callable[[], object]) -> None:
        self._engine.submit(what, work)

    # Putting aside

    def why_not_put_aside(self, entries: Sequence[SessionEntry]) -> str:
        """Return why sessions cannot be moved."""
        replay = self._engine.replay
        if any(entry.state == "recording" for entry in entries):
            return tr("It is being recorded. Stop it first.")
        if replay is not None and any(entry.path == replay.session.path for entry in entries):
            return tr("It is open. Close it first, with Session, Close recording.")
        return ""

    def put_aside(self, entries: Sequence[SessionEntry]) -> None:
        """Move sessions into the trash folder beside them."""
        paths, held = [entry.path for entry in entries], [Trashed(())]
        words = trn("Put {n} recording aside", "Put {n} recordings aside", len(paths)).format(n=len(paths))

        def move() -> None:
            held[0] = put_aside(paths)
            told = trn("{n} recording is put aside.", "{n} recordings are put aside.", len(paths))
            where = held[0].moved[0][1].parent
            self._engine.log(
                told.format(n=len(paths)) + " " + tr("Undo brings it back from {where}.").format(where=where)
            )
            self.told()

        def back() -> None:
            bring_back(held[0])
            self.told()

        self.undo.do(Edit(words, partial(self._submit, words, move), partial(self._submit, words, back)))

    # Cutting

    def trim(self, entry: SessionEntry, start_s: float, stop_s: float) -> None:
        """Write a range of a session as a new one beside it."""

        def work(progress: Progress) -> str:
            from ..recordings.cutting import trim_session

            path = trim_session(entry.path, entry.path.parent, start_s, stop_s, progress)
            self.told()
            return tr("The range is {name}. {whole} is as it was.").format(name=path.name, whole=entry.path.name)

        self._engine.jobs.start(tr("Trimming {name}").format(name=entry.title), work)

    def split(self, entry: SessionEntry, at_s: Sequence[float] = (), ranges: Sequence[Range] = ()) -> None:
        """Write parts of a session as new ones beside it."""

        def work(progress: Progress) -> str:
            from ..recordings.cutting import split_session

            paths = split_session(entry.path, entry.path.parent, at_s, ranges, progress)
            self.told()
            words = trn("{n} part of {name} is beside it.", "{n} parts of {name} are beside it.", len(paths))
            return words.format(n=len(paths), name=entry.path.name)

        self._engine.jobs.start(tr("Splitting {name}").format(name=entry.title), work)

    def why_not_join(self, entries: Sequence[SessionEntry]) -> str:
        """Return why sessions cannot be made one."""
        if len(entries) < 2:
            return tr("Choose two recordings or more: hold Ctrl and click.")
        streams = {tuple(sorted(_stream_names(entry))) for entry in entries}
        return tr("They have different streams.") if len(streams) > 1 else self.why_not_read(entries)

    def why_not_read(self, entries: Sequence[SessionEntry]) -> str:
        """Return why sessions cannot be read now."""
        if any(entry.error for entry in entries):
            return tr("It cannot be opened: {reason}").format(reason=next(e.error for e in entries if e.error))
        if any(entry.state == "recording" for entry in entries):
            return tr("It is being recorded. Stop it first.")
        return ""

    def join(self, entries: Sequence[SessionEntry]) -> None:
        """Write sessions as one new one beside the first."""
        paths = [entry.path for entry in entries]

        def work(progress: Progress) -> str:
            from ..recordings.cutting import join_sessions

            path = join_sessions(paths, paths[0].parent, progress)
            self.told()
            return tr("{n} recordings are one: {name}.").format(n=len(paths), name=path.name)

        self._engine.jobs.start(tr("Joining {n} recordings").format(n=len(paths)), work)

    # In other formats, and checked

    def export(self, entries: Sequence[SessionEntry], name: str) -> None:
        """Write sessions in another format, each beside itself."""
        from ..recordings.formats import export_session, format_named

        paths, wanted = [entry.path for entry in entries], format_named(name)

        def work(progress: Progress) -> str:
            from ..recordings import open_session

            told = []
            for i, path in enumerate(paths):
                with open_session(path) as session:
                    out = _free(path.with_name(f"{path.stem}{wanted.suffix}"))
                    made = export_session(session, name, out, part(progress, i / len(paths), (i + 1) / len(paths)))
                told.append(" ".join([tr("{path} is written.").format(path=made.path), *made.notes]))
            return "\n".join(told)

        words = trn("Exporting {n} recording as {format}", "Exporting {n} recordings as {format}", len(paths))
        self._engine.jobs.start(words.format(n=len(paths), format=tr(wanted.title)), work)

    def check(self, entries: Iterable[SessionEntry]) -> None:
        """Check sessions; each gets a report."""
        for entry in entries:
            self._engine.reports.check(entry.path)


def _stream_names(entry: SessionEntry) -> set[str]:
    return {stream.name.split("~")[0] for stream in entry.streams}


def _free(path: Path) -> Path:
    """Return a path that nothing has yet: this one, or with a number."""
    suffixes = "".join(path.suffixes[-1:])
    stem = path.name.removesuffix(suffixes) if suffixes else path.name
    candidates = (path.with_name(f"{stem}{more}{suffixes}") for more in ("", *(f"-{i}" for i in range(2, 1000))))
    return next((one for one in candidates if not one.exists()), path)
