"""The command line. Every command ends with an honest exit code: 0 done, 1 could not, 2 misunderstood."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ..sources import SourceError, Stream
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
Session = Annotated[Path, typer.Argument(metavar="PATH", help="A session's folder, or a folder that holds one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ForSeconds = Annotated[float | None, typer.Option("--seconds", min=0.0, help="Close after this time, s.")]


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


def _window(streams: list[Stream], *, seconds: float | None = None, replay: Path | None = None, **options: Any) -> None:
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
) -> None:
    """Record without a window. Ctrl-C and SIGTERM close the session properly. Prints the session's folder."""
    from .app import App

    app = App("record")
    app.streams(*make_streams(sources))
    app.record(out, name, subject, notes)
    app.run(mode="headless", seconds=seconds)
    for line in app.context.log.lines:
        if line.level in ("warn", "bad"):
            print(f"myoscope: {line.text}", file=sys.stderr)
    if app.last_recording is None:
        raise AppError("Nothing was recorded.")
    print(app.last_recording)
    if app.recording_error:
        raise typer.Exit(1)
    if app.stopped_by and seconds is not None:
        raise typer.Exit(128 + app.stopped_by)


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
def check(path: Session, as_json: AsJson = False) -> None:
    """Verify a session; the exit code is 1 when something is wrong."""
    from ..recordings import check_session

    report = check_session(path)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        _print_report(report)
        for problem in report["problems"]:
            print(f"✕ {problem}")
        if report["ok"]:
            print("● Everything is in order.")
    if not report["ok"]:
        raise typer.Exit(1)


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
