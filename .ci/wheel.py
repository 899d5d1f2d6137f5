"""Build sdist and wheel, install the wheel in an empty environment, and try it from outside the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

# Run by the new environment's interpreter, which knows nothing of the repository.
FACE = """
import importlib.metadata as metadata, importlib.resources as resources, pathlib, sys
import myoscope

home = pathlib.Path(myoscope.__file__).resolve().parent
assert home.is_relative_to(pathlib.Path(sys.prefix).resolve()), f"{home} is not the installed one"
assert metadata.version("myoscope") == myoscope.__version__, myoscope.__version__
assert (home / "py.typed").is_file(), "no py.typed"
fonts = sorted(path.name for path in resources.files("myoscope").joinpath("assets", "fonts").iterdir())
assert [name for name in fonts if name.endswith(".ttf")] and [name for name in fonts if "OFL" in name], fonts
for name in myoscope.__all__:
    getattr(myoscope, name)
points = metadata.distribution("myoscope").entry_points
assert {p.group for p in points} == {"console_scripts", "gui_scripts", "myoscope.sources"}, points
for point in points:
    point.load()
print(f"myoscope {myoscope.__version__}: {len(myoscope.__all__)} names, {len(points)} entry points, {len(fonts)} fonts")
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program in `cwd`; return what it prints. Its failure is ours."""
    # No variable that could lead Python back to the repository, and settings of our own.
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY")}
    # Ours: an empty place for settings, and characters beyond ASCII wherever this runs.
    env |= {"XDG_CONFIG_HOME": str(cwd), "XDG_CACHE_HOME": str(cwd), "PYTHONUTF8": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nexit status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install, try; say what was found."""
    with tempfile.TemporaryDirectory(prefix="myoscope-wheel-", ignore_cleanup_errors=True) as name:
        scratch = Path(name).resolve()
        dist, home, away = scratch / "dist", scratch / "venv", scratch / "away"
        away.mkdir()
        run(sys.executable, "-m", "build", "--outdir", dist, ROOT, cwd=scratch)
        (wheel,) = dist.glob("*.whl")
        (sdist,) = dist.glob("*.tar.gz")
        print(f"{wheel.name} {wheel.stat().st_size / 1e6:.2f} MB, {sdist.name} {sdist.stat().st_size / 1e6:.2f} MB")

        venv.create(home, with_pip=True)
        python = home / SCRIPTS / "python"
        pip = (python, "-m", "pip", "--disable-pip-version-check")
        run(*pip, "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel, cwd=away)
        run(*pip, "check", cwd=away)
        print(run(python, "-c", FACE, cwd=away).strip())

        myoscope = home / SCRIPTS / "myoscope"
        run(myoscope, "--help", cwd=away)
        for command in ("demo", "devices", "view", "record", "replay", "info", "check"):
            run(myoscope, command, "--help", cwd=away)
        source = "synthetic:?n_channels=8&rate_hz=1000"
        run(myoscope, "record", source, "--out", away / "out", "--seconds", "2", cwd=away)
        (session,) = (away / "out").glob("*.myo")
        told = json.loads(run(myoscope, "info", session, "--json", cwd=away))
        checked = json.loads(run(myoscope, "check", session, "--json", cwd=away))
        (stream,) = told["streams"].values()
        assert checked["ok"], checked["problems"]
        assert told["state"] == "complete", told
        assert (stream["n_channels"], stream["fs"], stream["n_lost"]) == (8, 1000.0, 0), stream
        assert stream["n_samples"] > 1000, stream
        print(f"recorded {stream['n_samples']} samples of {stream['n_channels']} channels, checked them: ok")


if __name__ == "__main__":
    main()
