"""Colours for numbers: Turbo, Viridis, Cividis and grey, each a table of 256.

Figures: viridis (S. van der Walt, N. Smith, 2015) and cividis (J. R. Nuñez, C. R. Anderton, R. S. Renslow, 2018) are
in the public domain (CC0); turbo is of A. Mikhailov, Google, 2019 (Apache-2.0). Every fifth colour of each is kept and
the rest lies on straight lines between: no colour is off by more than 4 of 255.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..sources.language import later

MAPS = ("Turbo", "Viridis", "Cividis", later("Grey"))
N_COLOURS = 256

# Red, green and blue of evenly spaced colours, lowest value first.
ANCHORS: Mapping[str, str] = {
    "Turbo": (
        "30123b 36215f 3b2f80 3f3e9c 424bb5 4559cb 4666dd 4773eb 4680f6 458cfd 4099ff 38a5fb 2fb2f4 "
        "27bee9 1fc9dd 1ad4d0 18ddc2 1ae4b6 22ebaa 2ff19b 3ff68a 52fa7a 65fd69 79fe59 8bff4b 9cfe40 "
        "a9fb39 b7f735 c3f134 d0ea34 dbe236 e5d938 eecf3a f5c53a faba39 fdae35 fea130 fe932a fc8423 "
        "f9751d f46617 ef5811 e84b0c e14109 d83706 ce2d04 c32503 b71d02 a91601 9b0f01 8b0902 7a0403"
    ),
    "Viridis": (
        "440154 46085c 471063 481769 481d6f 482475 472a7a 46307e 453781 433d84 414287 3f4889 3d4e8a "
        "3a538b 38598c 355e8d 33638d 31688e 2e6d8e 2c718e 2a768e 297b8e 27808e 25848e 23898e 218e8d "
        "20928c 1f978b 1e9c89 1fa188 21a585 24aa83 28ae80 2eb37c 35b779 3dbc74 46c06f 50c46a 5ac864 "
        "65cb5e 70cf57 7cd250 89d548 95d840 a2da37 b0dd2f bddf26 cae11f d8e219 e5e419 f1e51d fde725"
    ),
    "Cividis": (
        "00224e 002656 002a5f 002d68 003070 083370 163770 203a6f 273e6e 2e416d 34456c 3a486c 3f4c6c "
        "444f6c 49536c 4e566c 535a6d 575d6d 5c616e 60646f 656870 696b71 6d6f72 727274 767676 7a7a78 "
        "7e7d78 838179 888578 8d8878 928c78 969077 9b9476 a09875 a59c74 aaa073 afa471 b5a86f baac6d "
        "bfb06b c4b468 c9b965 cfbd62 d4c15f dac65b dfca57 e5cf52 ead34c f0d846 f6dd3f fce236 fee838"
    ),
    "Grey": "000000 ffffff",
}


@cache
def table(name: str) -> NDArray[np.float32]:
    """Return the colours of a map, lowest value first.

    Parameters
    ----------
    name
        One of `MAPS`; any other is taken for the first of them.

    Returns
    -------
    colours
        Shape (256, 4), float32: red, green, blue and alpha, 0 to 1. Read only.
    """
    anchors = np.asarray([list(bytes.fromhex(colour)) for colour in ANCHORS.get(name, ANCHORS[MAPS[0]]).split()])
    at = np.linspace(0, len(anchors) - 1, N_COLOURS)
    parts = [np.interp(at, np.arange(len(anchors)), anchors[:, part]) / 255 for part in range(3)]
    colours = np.stack((*parts, np.ones(N_COLOURS)), axis=1).astype(np.float32)
    colours.flags.writeable = False
    return colours
