"""Describing recordings on the command line."""

from __future__ import annotations

import getpass
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .errors import AppError

if TYPE_CHECKING:
    from ..recordings import Session
    from ..recordings.about_edits import Change

_PLACE = re.compile(r"(?:([^\s:=]+):)?([^\s:=]+)\s+(.+)", re.DOTALL)
_NUMBERS = re.compile(r"(\d+)(?:-(\d+))?")


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("describe")(describe)


def describe(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A session's folder, or a folder that holds one.")],
    said: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Of the recording: subject, task, take, tags, notes, …"),
    ] = None,
    channels: Annotated[
        list[str] | None,
        typer.Option(
            "--channel",
            metavar="'STREAM:N FIELD=VALUE'",
            help="Of channel N, from 1; or 3-8, all, or its name: --channel 'emg:3 muscle=biceps brachii'.",
        ),
    ] = None,
    table: Annotated[
        str, typer.Option("--table", metavar="[STREAM:]FILE", help="Channels from a table of a spreadsheet, as text.")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who says so; else the user of this computer.")] = "",
    history: Annotated[bool, typer.Option("--history", help="Tell who changed what, and when.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell what is said of a recording, or say it; what was recorded stays, every change is kept with who and when."""
    from ..recordings import open_session
    from ..recordings.about_edits import edit_about

    with open_session(path) as session:
        folder = session.path
        changes = [*_of_session(said or ()), *_of_table(table, session), *_of_channels(channels or (), session)]
    if changes:
        made = edit_about(folder, changes, by or _user())
        _warn(changes)
        if not as_json and not history:
            print(f"{len(made)} changed." if made else "All of that is said already.")
            return
    with open_session(folder) as session:
        if as_json:
            print(json.dumps(_json(session), ensure_ascii=False))
        elif history:
            _print_history(session)
        else:
            _print(session)


def _of_session(said: list[str] | tuple[()]) -> list[Change]:
    from ..recordings.about_edits import Change
    from ..recordings.about_fields import SESSION_FIELDS, field_named

    return [Change(field_named(field, SESSION_FIELDS), value) for field, value in map(_pair, said)]


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise AppError(f"{text!r} says nothing. Give a field and a value, such as subject=S07.")
    return field, value


def _of_channels(channels: list[str] | tuple[()], session: Session) -> list[Change]:
    from ..recordings.about_edits import Change
    from ..recordings.about_fields import CHANNEL_FIELDS, field_named

    changes = []
    for text in channels:
        found = _PLACE.fullmatch(text.strip())
        if found is None:
            raise AppError(f"{text!r} names no channel. Give one and a field, such as 'emg:3 muscle=soleus'.")
        group, which, pair = found.groups()
        field, value = _pair(pair)
        group = _group(group or "", session)
        labels = list(session.streams[group].info.labels)
        changes += [Change(field_named(field, CHANNEL_FIELDS), value, group, i) for i in _numbers(which, labels)]
    return changes


def _group(said: str, session: Session) -> str:
    if said in session.streams:
        return said
    if not said and len(session.streams) == 1:
        return next(iter(session.streams))
    names = ", ".join(session.streams) or "none"
    raise AppError(f"{session.path.name} has no stream {said!r}. There are: {names}.")


def _numbers(which: str, labels: list[str]) -> range | list[int]:
    if which == "all":
        return range(len(labels))
    if which in labels:
        return [labels.index(which)]
    found = _NUMBERS.fullmatch(which)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last <= len(labels):
        raise AppError(f"There is no channel {which!r}. Give 1 to {len(labels)}, such as 3 or 3-8, a name, or all.")
    return range(first - 1, last)


def _of_table(table: str, session: Session) -> list[Change]:
    from ..recordings.about_table import MAX_TABLE, changes_of

    if not table:
        return []
    group, _, name = table.rpartition(":")
    if group not in session.streams and group:
        # A path with a colon in it, such as on Windows.
        group, name = "", table
    group = _group(group, session)
    if Path(name).stat().st_size > MAX_TABLE:
        raise AppError(f"{name} is larger than any table of channels.")
    text = Path(name).read_text(encoding="utf-8-sig", errors="replace")
    return changes_of(text, group, list(session.streams[group].info.labels))


def _warn(changes: list[Change]) -> None:
    from ..recordings.about_words import identifying

    for change in changes:
        seen = identifying(str(change.after)) if change.field == "subject" else ""
        if seen:
            print(f"myoscope: The subject looks like a {seen}. A code, such as sub-001, is shared more easily.",
                  file=sys.stderr)  # fmt: skip


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A computer without user names.
        return ""


def _json(session: Session) -> dict[str, Any]:
    return {
        "session": asdict(session.about),
        "channels": {
            name: [
                {"channel": label, **one.to_json()}
                for label, one in zip(stream.info.labels, stream.channels_about, strict=True)
            ]
            for name, stream in session.streams.items()
        },
        "history": [edit.to_json() for edit in session.about_log.now.edits],
    }


def _print(session: Session) -> None:
    for field, value in asdict(session.about).items():
        if value:
            print(f"{field + ':':<14}{_written(value)}")
    for name, stream in session.streams.items():
        for i, (label, one) in enumerate(zip(stream.info.labels, stream.channels_about, strict=True)):
            said = " · ".join(f"{field}={_written(value)}" for field, value in one.to_json().items())
            if said:
                print(f"{name}:{i + 1} {label}: {said}")


def _print_history(session: Session) -> None:
    found = session.about_log.now
    for edit in found.edits:
        what = "recording" if edit.channel is None else f"{edit.what}:{edit.channel + 1}"
        before, after = _written(edit.before) or "–", _written(edit.after) or "–"
        print(f"{edit.utc}  {edit.by or '–'}  {what} {edit.field}: {before} → {after}")
    if found.n_damaged:
        print(f"myoscope: {found.n_damaged} lines cannot be read.", file=sys.stderr)
    if not found.edits:
        print("Nothing was changed since it was recorded.")


def _written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)
