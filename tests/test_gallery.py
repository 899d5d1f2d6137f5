"""The gallery shows what the tests make: nothing missing, nothing left over, nothing too large."""

from __future__ import annotations

import importlib.util
import re
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]


def _gallery():
    path = ROOT / "docs" / "gallery.py"
    spec = importlib.util.spec_from_file_location("_gallery_script", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


gallery = _gallery()
KNOWN = gallery.made()
TEXT = gallery.PAGE.read_text(encoding="utf-8")
SHOWN = re.findall(r"!\[[^\]]+\]\(gallery/([\w-]+)\.png\)", TEXT)
SHOTS = [shot for shots in gallery.SECTIONS.values() for shot in shots]


def _size(path):
    return struct.unpack(">II", path.read_bytes()[16:24])


def test_the_page_is_what_the_script_would_write():
    assert gallery.page(KNOWN) == TEXT, "run «make gallery»"


def test_every_picture_is_there_and_is_shown_once():
    assert len(SHOWN) == len(set(SHOWN)) > 40
    assert {path.stem for path in gallery.PICTURES.iterdir()} == set(SHOWN)
    assert all(path.suffix == ".png" for path in gallery.PICTURES.iterdir())


def test_every_picture_is_small_enough():
    sizes = {path.name: path.stat().st_size for path in gallery.PICTURES.iterdir()}
    assert {name: size for name, size in sizes.items() if size > gallery.LIMIT_BYTES} == {}
    assert sum(sizes.values()) <= gallery.TOTAL_BYTES


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_test_makes_the_picture(shot):
    by = gallery.maker(shot.name, KNOWN)
    assert by is not None
    words = (ROOT / by.file).read_text(encoding="utf-8")
    assert f"def {by.test}(" in words
    name = shot.name.removeprefix("window-") if ".shoot(" in words else shot.name
    assert not by.literal or f'("{name}")' in words
    assert shot.caption.endswith("."), "a caption is a sentence"


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_can_be_made_out(name):
    width, height = _size(gallery.PICTURES / f"{name}.png")
    assert width >= 250
    assert height >= 100


def test_names_that_are_put_together_are_found(tmp_path, monkeypatch):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "test_x.py").write_text(
        "def test_one(screen):\n    screen.screenshot('levels')\n"
        "def test_two(screen, n):\n    screen.screenshot(f'levels_{n}')\n"
        "def test_three(person, name):\n    person.shoot('start')\n    person.shoot(name)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(gallery, "TESTS", tmp_path)
    monkeypatch.setattr(gallery, "ROOT", tmp_path)
    known = gallery.made()
    tests = [getattr(gallery.maker(name, known), "test", None) for name in ("levels", "levels_64", "window-start")]
    assert tests == ["test_one", "test_two", "test_three"]
    assert gallery.maker("start", known) is None
    assert gallery.maker("level", known) is None


def _decoded(png):
    """Undo `encoded` with what the specification says of palettes; no filter on any row."""
    import zlib

    at, parts = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + data)
        parts[kind] = data
        at += 12 + length
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    lines = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, 1 + width)
    assert not lines[:, 0].any()
    return np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)[lines[:, 1:]]


def test_few_colours_stay_exactly_as_they_are():
    generator = np.random.default_rng(1)
    colours = generator.integers(0, 256, (200, 3), np.uint8)
    pixels = colours[generator.integers(0, 200, (40, 50))]
    np.testing.assert_array_equal(_decoded(gallery.encoded(pixels)), pixels)


def test_many_colours_become_the_nearest_of_256():
    y, x = np.mgrid[0:128, 0:128]
    pixels = np.stack((2 * x, 2 * y, x + y), axis=2).astype(np.uint8)
    seen = _decoded(gallery.encoded(pixels))
    off = np.sqrt(((seen.astype(float) - pixels) ** 2).sum(axis=2))
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) <= 256
    assert off.max() < 20


def test_empty_ground_is_cut_and_what_is_full_is_not():
    ground, box, ink = (17, 18, 22), (30, 31, 36), (240, 240, 240)
    pixels = np.full((400, 600, 3), ground, np.uint8)
    pixels[10:300, 10:500] = box
    pixels[20:60, 20:200] = ink
    small = gallery.shortened(gallery.trimmed(pixels))
    assert small.shape[0] < 140
    assert small.shape[1] < 260
    assert (small[20:60, 20:200] == ink).all()
    whole = np.random.default_rng(2).integers(0, 256, (200, 300, 3), np.uint8)
    np.testing.assert_array_equal(gallery.trimmed(whole), whole)
    np.testing.assert_array_equal(gallery.trimmed(np.zeros((9, 9, 3), np.uint8)), np.zeros((9, 9, 3), np.uint8))


def test_half_the_size_is_the_mean_of_four():
    pixels = np.random.default_rng(3).integers(0, 256, (11, 8, 3), np.uint8)
    small = gallery.halved(pixels)
    assert small.shape == (5, 4, 3)
    np.testing.assert_allclose(small[1, 2], pixels[2:4, 4:6].mean(axis=(0, 1)), atol=0.5)
