"""The table of faults is the truth: its tests exist, all of them are in it, its sentences are the program's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "faults.md"
COLUMNS = ["fault", "what is done", "what the person reads", "lost at most", "tests"]
FAULTS = (
    "kill -9", "SIGTERM", "window closed", "X server gone", "crash of a view", "power cut", "disk full",
    "disk full, then freed", "read-only remount", "folder deleted", "permission denied", "second writer",
    "stalls 500 ms", "system clock", "device lost and back", "rate changed", "channel count changed",
    "duplicates or reorders", "LSL source resets its clock", "queue overflow", "predict thread",
)  # fmt: skip
LEAST_LETTERS = 8


def rows() -> list[dict[str, str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == COLUMNS
    assert set("".join(cells[1])) == {"-"}
    assert {len(row) for row in cells} == {len(COLUMNS)}
    return [dict(zip(COLUMNS, row, strict=True)) for row in cells[2:]]


ROWS = rows()
NAMED = [test for row in ROWS for test in re.findall(r"`(tests/[^`]*)`", row["tests"])]


def names_of_tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_row(fault: str) -> None:
    assert [row["fault"] for row in ROWS if fault in row["fault"]], fault


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["fault"])
def test_every_row_is_whole_and_names_tests_that_exist(row: dict[str, str]) -> None:
    assert all(row.values())
    named = re.findall(r"`(tests/[^`]*)`", row["tests"])
    assert named
    for name in named:
        file, _, test = name.partition("::")
        assert test in names_of_tests(ROOT / file), name


def test_every_test_of_a_fault_is_in_the_table() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}::{test}"
        for path in (ROOT / "tests").glob("*/test_fault_*.py")
        for test in names_of_tests(path)
    }
    assert len(found) > 20
    assert found - set(NAMED) == set()


def _texts() -> Iterator[str]:
    """Yield every text of the program, with «…» for what is filled in."""
    for floor in ("app", "recordings", "sources"):
        for path in (ROOT / floor).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield re.sub(r"\{[^}]*\}", "…", node.value)
                elif isinstance(node, ast.JoinedStr):
                    yield "".join(v.value if isinstance(v, ast.Constant) else "…" for v in node.values)


TEXTS = "\n".join(_texts())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["fault"])
def test_the_sentences_are_those_of_the_program(row: dict[str, str]) -> None:
    sentences = re.findall(r"«([^»]{2,})»", row["what the person reads"])
    assert sentences
    for sentence in sentences:
        # What the system calls an error is filled in, too.
        said = re.sub(r"Read-only file system|Permission denied", "…", sentence)
        for piece in (part.strip(" .,:()") for part in said.split("…")):
            if len(piece) >= LEAST_LETTERS:
                assert piece in TEXTS, piece
