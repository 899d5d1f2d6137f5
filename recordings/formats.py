"""The file formats that a session can be written to and read from."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from ..sources.language import later
from .about import About
from .building import SessionBuilder
from .errors import SessionError
from .layout import sync_file, sync_folder
from .progress import Progress, no_progress
from .session import Session

BuilderFor = Callable[..., SessionBuilder]
"""Makes the session that a file is read into: ``builder_for(About(...), created=..., clock_at_created=...)``."""


@dataclass(frozen=True)
class Format:
    """One way to write a session, or to read one.

    A format is a module. Its ``write(session, out, progress, **options) -> list[str]`` writes to a path that is not
    there yet; its ``read(path, builder_for, progress, **options) -> list[str]`` makes one session and finishes it.
    Both return sentences to tell the person: what was padded, rounded, left out.

    Parameters
    ----------
    name
        Its key, such as ``"edf"``.
    title
        What a person knows it as.
    about
        One sentence: what it is good for, and what it cannot hold.
    suffix
        Of what is written.
    reads
        Suffixes of what is read; none where it is only written.
    writes
        Whether it is written.
    is_folder
        Whether a folder of files is written.
    module
        Where its two functions are.
    options
        What its functions can be told, by name.
    unpacks
        Whether what is read is a whole session: ``read(path, folder, progress) -> Made`` then makes its folder.
    """

    name: str
    title: str
    about: str
    suffix: str
    reads: tuple[str, ...] = ()
    writes: bool = True
    is_folder: bool = False
    module: str = ""
    options: tuple[str, ...] = ()
    unpacks: bool = False


FORMATS = (
    Format("csv", "CSV", later("Tables for any program; large."), "-csv", (".csv", ".tsv", ".txt"), is_folder=True,
           module="format_csv", options=("fs", "unit")),
    Format("parquet", "Parquet", later("Compressed tables for pandas, R, Spark; exact."), "-parquet", (".parquet",),
           is_folder=True, module="format_parquet"),
    Format("npz", later("NumPy archive"), later("Arrays for Python; exact."), ".npz", (".npz",), module="format_npz",
           options=("fs", "unit")),
    Format("bio", "biosiglive", later("Arrays as biosiglive stores them, channels first."), ".bio", (".bio",),
           module="format_bio", options=("fs", "unit")),
    Format("edf", "EDF+", later("The clinic's format, 16 bit a sample."), ".edf", (".edf",), module="format_edf"),
    Format("bdf", "BDF+", later("As EDF+, with 24 bit a sample."), ".bdf", (".bdf",), module="format_bdf"),
    Format("bids", "EMG-BIDS", later("A data set to share, with sidecars; checked by the BIDS validator."), "-bids",
           is_folder=True, module="format_bids"),
    Format("xdf", "XDF", later("As LabRecorder writes it; exact, with clock offsets."), ".xdf", (".xdf", ".xdfz"),
           module="format_xdf", options=("values", "clock")),
    Format("mat5", "MATLAB 5", later("Opens in every MATLAB and Octave; up to 2 GB an array."), ".mat",
           module="format_mat5"),
    Format("mat73", "MATLAB 7.3", later("For MATLAB, of any length."), ".mat", module="format_mat73"),
    Format("hdf5", "HDF5", later("Compressed arrays for any language; exact."), ".h5", module="format_hdf5",
           options=("compression",)),
    Format("nwb", "NWB", later("Neurodata Without Borders; for archives such as DANDI."), ".nwb", module="format_nwb",
           options=("species", "sex", "age", "description")),
    Format("zip", later("Session in one file"), later("The whole session, to send to somebody with myoscope."),
           ".myo.zip", (".zip",), module="format_zip", unpacks=True),
)  # fmt: skip


class Made(NamedTuple):
    """What an export or an import has made.

    Parameters
    ----------
    path
        The file or folder; of an import the new session's folder.
    notes
        Sentences to tell the person.
    """

    path: Path
    notes: list[str]


def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises
    ------
    SessionError
        When there is none.
    """
    for one in FORMATS:
        if one.name == name:
            return one
    raise SessionError(f"There is no format {name!r}. There are: {', '.join(one.name for one in FORMATS)}.")


def format_of(path: Path) -> Format:
    """Return the format that reads a file, by its suffix.

    Raises
    ------
    SessionError
        When none does.
    """
    for one in FORMATS:
        if path.name.lower().endswith(one.reads):
            return one
    known = ", ".join(suffix for one in FORMATS for suffix in one.reads)
    raise SessionError(f"{path.name} is of no format that can be read. Give a file that ends in one of {known}.")


def export_session(
    session: Session,
    name: str,
    out: str | os.PathLike[str],
    progress: Progress = no_progress,
    **options: Any,
) -> Made:
    """Write a session in another format. Whole or not at all; memory does not grow with its length.

    Parameters
    ----------
    session
        What to write; it may be one that is still being recorded.
    name
        A format's name.
    out
        What to make; nothing may be there yet.
    progress
        Told how far it is; may raise `Stopped`, which removes what was made and passes on.
    options
        As the format's ``write`` takes them.

    Raises
    ------
    SessionError
        When the format cannot hold the session, a library is missing, or the disk does not take it.
    """
    wanted, path = format_named(name), Path(out).expanduser()
    if not wanted.writes:
        raise SessionError(f"{wanted.title} can be read, not written. Choose another format.")
    if os.path.lexists(path):
        raise SessionError(f"{path} is there already. Remove it, or choose another name.")
    write = _function(wanted, "write")
    _refuse_unknown(wanted, options)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(part)
        notes = write(session, part, progress, **options)
        _sync(part)
        if os.path.lexists(path):
            raise SessionError(f"{path} has come to be meanwhile. Choose another name.")
        part.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise SessionError(
            f"{path} cannot be written: {error.strerror or error}. Free space, or choose another."
        ) from error
    finally:
        _remove(part)
    progress(1.0)
    return Made(path, notes)


def import_file(
    path: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    progress: Progress = no_progress,
    *,
    name: str = "",
    **options: Any,
) -> Made:
    """Make a session of a file from elsewhere. The file is data, never code, and is left as it is.

    Parameters
    ----------
    path
        The file.
    folder
        Where the new session goes; a path ending in ``.myo`` becomes the session itself.
    progress
        Told how far it is; may raise `Stopped`, which removes what was made and passes on.
    name
        A format's name; by default the suffix says it.
    options
        As the format's ``read`` takes them.

    Raises
    ------
    SessionError
        When the file is damaged, beyond all limits, or of no known format; one sentence.
    """
    file = Path(path).expanduser()
    wanted = format_named(name) if name else format_of(file)
    if not wanted.reads:
        raise SessionError(f"{wanted.title} can be written, not read. Give a file of another format.")
    if not file.is_file():
        raise SessionError(f"{file} is no file that is there. Give a file, such as one ending in {wanted.reads[0]}.")
    read = _function(wanted, "read")
    _refuse_unknown(wanted, options)
    made: list[SessionBuilder] = []
    origin = {"file": file.name, "format": wanted.name, "bytes": file.stat().st_size}

    def builder_for(about: About | None = None, **more: Any) -> SessionBuilder:
        about = about if about is not None else About(name=file.stem)
        builder = SessionBuilder(folder, about, origin={**origin, **more.pop("origin", {})}, **more)
        made.append(builder)
        return builder

    try:
        if wanted.unpacks:
            imported: Made = read(file, Path(folder).expanduser(), progress)
            return imported
        notes = read(file, builder_for, progress, **options)
    except OSError as error:
        raise SessionError(f"{file} cannot be read: {error.strerror or error}. Try a copy of it.") from error
    except MemoryError:
        raise SessionError(f"{file} asks for more memory than there is. It is damaged, or of another kind.") from None
    finally:
        for builder in made:
            builder.discard()
    progress(1.0)
    return Made(made[-1].path, notes)


def _function(wanted: Format, verb: str) -> Callable[..., Any]:
    try:
        function: Callable[..., Any] = getattr(import_module(f"{__package__}.{wanted.module}"), verb)
    except ModuleNotFoundError as error:
        raise missing(wanted.title, error.name or "a library") from error
    return partial(_with_libraries, wanted, function)


def _with_libraries(wanted: Format, function: Callable[..., Any], *given: Any, **options: Any) -> Any:
    try:
        return function(*given, **options)
    except ModuleNotFoundError as error:
        raise missing(wanted.title, error.name or "a library") from error


def missing(what: str, library: str) -> SessionError:
    """Return what a person is told when a library is not installed."""
    return SessionError(f'{what} needs {library}, which is not installed. Run: pip install "myoscope[export]".')


def _refuse_unknown(wanted: Format, options: dict[str, Any]) -> None:
    for option in options:
        if option not in wanted.options:
            raise SessionError(
                f"{wanted.title} takes no option {option!r}. It takes: {', '.join(wanted.options) or 'none'}."
            )


def _sync(path: Path) -> None:
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file():
            with file.open("rb") as opened:
                sync_file(opened.fileno())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def suggested(session: Session, wanted: Format) -> Path:
    """Return where an export goes when nobody says: beside the session, under a name that nothing has yet.

    Beside one that is behind a URL nothing can be written: then in the present folder.
    """
    folder = Path.cwd() if session.url else session.path.parent
    path, number = folder / (session.path.stem + wanted.suffix), 2
    while os.path.lexists(path):
        path, number = folder / f"{session.path.stem}-{number}{wanted.suffix}", number + 1
    return path
