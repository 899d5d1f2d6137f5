"""pylsl, loaded once, without its chatter."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from types import ModuleType

# Where liblsl looks for its settings (its manual, "Configuration files").
SETTINGS = (
    Path("lsl_api.cfg"), Path.home() / "lsl_api" / "lsl_api.cfg", Path("/etc/lsl_api/lsl_api.cfg"),
    Path(r"C:\etc\lsl_api\lsl_api.cfg"),
)  # fmt: skip
ERRORS_ONLY = b"[log]\nlevel = -2\n"


@cache
def load() -> ModuleType:
    """Return pylsl. Where the laboratory has no settings for LSL, only errors are logged from now on."""
    import pylsl
    from pylsl.lib import lib

    if not os.environ.get("LSLAPICFG") and not any(path.is_file() for path in SETTINGS):
        lib.lsl_set_config_content(ERRORS_ONLY)
    library: ModuleType = pylsl
    return library
