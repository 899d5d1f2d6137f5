"""Measuring what draws: each time in a process of its own, on a virtual display of its own.

There is one dearpygui context a process, and which driver draws is settled before the first call into OpenGL.
``llvmpipe`` draws on the processor. ``null`` is Mesa's driver that takes what it is handed and draws nothing
(``GALLIUM_NOOP``): what a frame costs under it is the processor's work alone, as if a graphics card did the rest.

That driver forgets to give vertex buffers back once they were drawn from, and so takes fresh memory each frame: 7 MB
at 64 channels, 29 MB at 256, and as much time for clearing it as everything else takes. `swallow_draw_calls` keeps it
from that: vertices are still made and uploaded, only the call that would draw them does nothing.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myoscope.app.virtual_display import virtual_display

Driver = Literal["null", "llvmpipe"]

WIDTH, HEIGHT = 1600, 1000
HERE = Path(__file__).resolve().parent
# Devices on the network are no part of what is measured.
LSL = "[multicast]\nResolveScope = machine\n[lab]\nSessionID = myoscope-bench-{0}\nKnownPeers = {{127.0.0.1}}\n"


def on_screen(script: str, driver: Driver, timeout_s: float = 120.0, /, **arguments: Any) -> dict[str, Any]:
    """Run a script of this folder on a display of its own; return what it says it found."""
    with virtual_display(WIDTH, HEIGHT), tempfile.TemporaryDirectory(prefix="myoscope-bench-") as scratch:
        return in_process(script, timeout_s, environment(scratch, driver), **arguments)


def in_process(
    script: str, timeout_s: float = 120.0, variables: dict[str, str] | None = None, /, **arguments: Any
) -> dict[str, Any]:
    """Run a script of this folder in a fresh process; return what it says it found.

    Raises
    ------
    RuntimeError
        When it ends badly.
    """
    command = [sys.executable, str(HERE / f"{script}.py"), json.dumps(arguments)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=timeout_s, check=False)
    if done.returncode:
        raise RuntimeError(f"{script} {arguments} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def environment(scratch: str, driver: Driver) -> dict[str, str]:
    """Return variables for a child: which driver draws, and settings of its own so that nobody's are changed."""
    config = Path(scratch) / "lsl_api.cfg"
    config.write_text(LSL.format(os.getpid()), encoding="utf-8")
    variables = {**os.environ, "LIBGL_ALWAYS_SOFTWARE": "1", "LSLAPICFG": str(config)}
    variables.pop("WAYLAND_DISPLAY", None)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        variables[name] = str(Path(scratch) / name.lower())
    if driver == "null":
        variables["GALLIUM_NOOP"] = "1"
    return variables


def swallow_draw_calls() -> None:
    """Replace dearpygui's pointers to OpenGL's draw calls. In the child, once a frame has been drawn.

    Raises
    ------
    RuntimeError
        When they are not where they were in dearpygui 2.
    """
    if "GALLIUM_NOOP" not in os.environ:
        return
    import dearpygui._dearpygui as compiled

    library = ctypes.CDLL(compiled.__file__)
    find = library.imgl3wGetProcAddress
    find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    pointers = (ctypes.c_void_p * 59).in_dll(library, "imgl3wProcs")
    # Any function that looks at nothing but its arguments will do.
    harmless = ctypes.cast(ctypes.CDLL(None).abs, ctypes.c_void_p).value
    wanted = [find(name) for name in (b"glDrawElements", b"glDrawElementsBaseVertex")]
    found = [i for i, pointer in enumerate(pointers) if pointer in wanted]
    if len(found) != len(wanted):
        raise RuntimeError(
            "dearpygui keeps its pointers to OpenGL elsewhere now: the null driver would run out of memory."
        )
    for i in found:
        pointers[i] = harmless


def arguments() -> dict[str, Any]:
    """Return what the parent asks of this script."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    return asked


def medians(costs: NDArray[np.float64]) -> dict[str, float]:
    """Return what a frame costs: processor time of the update and of all of it, and its duration, s.

    Parameters
    ----------
    costs
        Shape (n_frames, 3).
    """
    update_cpu_s, frame_cpu_s, frame_s = (float(value) for value in np.median(costs, axis=0))
    return {"update_cpu_s": update_cpu_s, "frame_cpu_s": frame_cpu_s, "frame_s": frame_s}


def answer(**found: Any) -> None:
    """Tell the parent what was found."""
    print(json.dumps(found), flush=True)
