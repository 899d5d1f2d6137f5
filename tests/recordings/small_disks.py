"""Small disks of one's own, where the system allows them; gone after the block, whatever happens in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _run(*words: object) -> bool:
    return subprocess.run([str(word) for word in words], capture_output=True, check=False).returncode == 0


def _need(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program, path="/usr/sbin:/sbin:/usr/bin:/bin") is None]
    if not sys.platform.startswith("linux") or missing:
        pytest.skip("Small disks are made on Linux, with mount and mkfs.ext4.")


@contextmanager
def _mounted(place: Path, *words: object) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    if not _run("mount", *words, place):
        pytest.skip("A small disk may not be mounted here: that takes root.")
    try:
        yield place
    finally:
        assert _run("umount", place) or _run("umount", "-l", place)


@contextmanager
def memory_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a disk in memory; `size` such as ``2m``."""
    _need("mount")
    with _mounted(place, "-t", "tmpfs", "-o", f"size={size}", "tmpfs") as disk:
        yield disk


def make_image(image: Path, n_bytes: int) -> Path:
    """Make the image of an empty ext4 disk."""
    _need("mount", "mkfs.ext4")
    with image.open("wb") as file:
        file.truncate(n_bytes)
    made = _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
    if not made:
        pytest.skip("An ext4 disk cannot be made here.")
    return image


@contextmanager
def image_disk(image: Path, place: Path) -> Iterator[Path]:
    """Mount an image; after a power cut that replays the journal, as at the next start."""
    with _mounted(place, "-o", "loop,errors=remount-ro", image) as disk:
        yield disk


def break_disk(disk: Path) -> None:
    """Make the kernel find the disk broken: it becomes read-only while files are open."""
    if not _run("mount", "-o", "remount,abort", disk):
        pytest.skip("The kernel does not let a disk break on demand here.")
