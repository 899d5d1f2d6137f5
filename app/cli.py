"""The command line. Every command ends with an honest code: 0 done, 1 could not, 2 misunderstood, 3 not in order."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ..sources import SourceError, Stream
from . import cli_compact, cli_cut, cli_describe, cli_formats
from .errors import AppError
from .stream_names import make_streams

cli = typer.Typer(
    name="myoscope",
    help="See, record and replay live EMG and other biosignals. Without a command: the window.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="One-string names, e.g. lsl:EMG, brainflow:synthetic, 'synthetic:?n_channels=64&rate_hz=2048';"
        " NAME=SOURCE gives the stream a name.",
    ),
]
# No path: it would make one slash of the two in a URL.
Session = Annotated[
    str, typer.Argument(metavar="PATH", help="A session's folder, a folder that holds one, or a URL that fsspec knows.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ForSeconds = Annotated[float | None, typer.Option("--seconds", min=0.0, help="Close after this time, s.")]


FINISH_WITHIN_S = 20.0
"""How long a recording without a window is sealed and checked at most before the program ends."""


def main() -> NoReturn:
    """Run the command line; the entry point of ``myoscope``."""
    raise SystemExit(_guarded(lambda: cli(standalone_mode=True)))


def desktop() -> NoReturn:
    """Open the window; the entry point of ``myoscope-desktop``."""
    raise SystemExit(_guarded(lambda: _window([])))


def _guarded(run: Callable[[], object]) -> int:
    from ..recordings import SessionError

    try:
        run()
    except (SourceError, SessionError, AppError) as error:
        print(f"myoscope: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        print(f"myoscope: {what}{error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        print(f"myoscope {__version__}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def launcher(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  typer reads it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    seconds: ForSeconds = None,
) -> None:
    """See, record and replay live EMG and other biosignals. Without a command: the window."""
    if context.invoked_subcommand is None:
        _window([], seconds=seconds)


def _window(
    streams: list[Stream], *, seconds: float | None = None, replay: str | Path | None = None, **options: Any
) -> None:
    from .display import require_display
    from .launcher import launch

    require_display()
    launch(streams, seconds=seconds, replay=replay, **options)


@cli.command()
def demo(
    seconds: Annotated[float | None, typer.Option("--seconds", min=1.0, help="Close after this time, s.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the recording and the picture go.")] = None,
) -> None:
    """Show the main job on a synthetic EMG; without a display on a virtual one, leaving a recording and a picture."""
    from .demo import run_demo

    run_demo(seconds, out)


@cli.command()
def devices(
    as_json: AsJson = False,
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.1, max=30.0, help="How long to look, s.")] = 1.0,
) -> None:
    """List the devices found on the network and on the bench."""
    from .devices import scan

    found, problems = scan(timeout_s)
    for problem in problems:
        print(f"myoscope: {problem}", file=sys.stderr)
    if as_json:
        print(json.dumps([device._asdict() for device in found], ensure_ascii=False))
        return
    width = max((len(device.name) for device in found), default=0)
    for device in found:
        print(f"{device.name:<{width}}  {device.label} · {device.detail}".rstrip(" ·"))


@cli.command()
def view(sources: Sources, seconds: ForSeconds = None) -> None:
    """Open the window on one or more sources."""
    _window(make_streams(sources), seconds=seconds)


@cli.command()
def record(
    sources: Sources,
    out: Annotated[
        Path, typer.Option("--out", help="A folder for new sessions; one ending in .myo becomes the session.")
    ],
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.0, help="For how long, s; else until Ctrl-C.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What the recording is called.")] = "",
    subject: Annotated[str, typer.Option("--subject", help="Subject code.")] = "",
    notes: Annotated[str, typer.Option("--notes", help="Anything worth knowing.")] = "",
    task: Annotated[str, typer.Option("--task", help="What the subject does.")] = "",
    operator: Annotated[str, typer.Option("--operator", help="Who records.")] = "",
    protocol: Annotated[
        Path | None, typer.Option("--protocol", help="Check against this protocol first; exit code 3 when it is red.")
    ] = None,
    override: Annotated[
        str | None, typer.Option("--override", metavar="REASON", help="Record although something is red; it is noted.")
    ] = None,
    before: Annotated[
        float | None, typer.Option("--before", min=0.0, max=60.0, help="Seconds from before to put in front, s.")
    ] = None,
) -> None:
    """Record without a window. Ctrl-C and SIGTERM close the session properly. Prints the session's folder."""
    from .app import App
    from .headless_take import HeadlessTake, NotInOrder

    app = App("record")
    app.streams(*make_streams(sources))
    if protocol is None and not before:
        app.record(out, name, subject, notes, task=task, operator=operator)
        app.run(mode="headless", seconds=seconds)
    else:
        from ..recordings.protocol import read_protocol

        expected = None if protocol is None else read_protocol(protocol)
        take = HeadlessTake(app, out, expected, override, before, name, subject, notes, task, operator)
        take.keep_before()
        try:
            app.run(mode="headless", seconds=seconds, prepare=take.begin)
        except NotInOrder as error:
            print(f"myoscope: {error}", file=sys.stderr)
            raise typer.Exit(3) from None
    for line in app.context.log.lines:
        if line.level in ("warn", "bad"):
            print(f"myoscope: {line.text}", file=sys.stderr)
    if app.last_recording is None:
        raise AppError("Nothing was recorded.")
    print(app.last_recording, flush=True)
    _finish(app.last_recording)
    if app.recording_error:
        raise typer.Exit(1)
    if app.stopped_by and seconds is not None:
        raise typer.Exit(128 + app.stopped_by)


def _finish(path: Path) -> None:
    """Seal and check a recording, and keep the report in it; for so long only as a script can wait."""
    from ..recordings import SessionError
    from ..recordings.progress import Stopped
    from ..recordings.report_text import headline
    from ..recordings.storing_report import finish_session

    until = time.monotonic() + FINISH_WITHIN_S

    def go_on(_share: float) -> None:
        if time.monotonic() > until:
            raise Stopped

    try:
        report = finish_session(path, go_on)
    except Stopped:
        print(f"myoscope: Not checked yet, it is long: myoscope check --seal {path}", file=sys.stderr)
        return
    except SessionError as error:
        # The recording itself is whole: its own result counts.
        print(f"myoscope: {error}", file=sys.stderr)
        return
    # Whoever reads the output of a program wants the folder, and what went wrong.
    if not report.ok or sys.stderr.isatty():
        print(f"myoscope: {headline(report).capitalize()}: {path / 'report.html'}", file=sys.stderr)


@cli.command()
def replay(
    path: Session,
    speed: Annotated[float, typer.Option("--speed", min=0.1, max=16.0, help="Times real time.")] = 1.0,
    loop: Annotated[bool, typer.Option("--loop", help="Begin anew at the end.")] = False,
    seconds: ForSeconds = None,
) -> None:
    """Open a recorded session in the window and play it."""
    from ..recordings import open_session

    open_session(path).close()
    _window([], seconds=seconds, replay=path, speed=speed, loop=loop)


@cli.command()
def info(path: Session, as_json: AsJson = False) -> None:
    """Tell what a session holds."""
    from ..recordings import open_session

    with open_session(path) as session:
        report = session.report()
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        _print_report(report)


@cli.command()
def check(
    path: Session,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page to this file.")] = None,
    text: Annotated[Path | None, typer.Option("--text", help="Write the report as plain text to this file.")] = None,
    seal: Annotated[
        bool, typer.Option("--seal", help="When all is well, write the SHA-256 manifest anew, and the report.")
    ] = False,
) -> None:
    """Verify a session, sample by sample; the exit code is 1 when something is wrong."""
    from ..recordings.places import is_url
    from ..recordings.report import make_report
    from ..recordings.report_html import html as page
    from ..recordings.report_text import text as written
    from ..recordings.storing_report import seal_session

    if seal and is_url(path):
        raise AppError(f"{path} is not on this machine, and only read. Seal the session where it lies.")
    report = seal_session(path) if seal else make_report(path)
    for file, content in ((html, page), (text, written)):
        if file is not None:
            file.write_text(content(report), encoding="utf-8", errors="backslashreplace")
    print(json.dumps(report.to_json()) if as_json else written(report).rstrip("\n"))
    if not report.ok:
        raise typer.Exit(1)


cli_formats.register(cli)
cli_compact.register(cli)
cli_cut.register(cli)
cli_describe.register(cli)


def _print_report(report: dict[str, Any]) -> None:
    print(f"Session  {report['uuid']}")
    print(f"Created  {report['created']}")
    print(f"State    {report['state']}")
    for name, stream in report["streams"].items():
        rate = f"{stream['fs']:.10g} Hz" if stream["fs"] else "irregular"
        print(
            f"{name}: {stream['n_channels']:,} channels, {rate}, {stream['unit'] or 'no unit'},"
            f" {stream['n_samples']:,} samples in {stream['duration_s']:.1f} s,"
            f" {stream['n_gaps']} gaps, {stream['n_lost']:,} lost"
        )
