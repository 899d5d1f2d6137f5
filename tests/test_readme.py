"""Every code block of the README and of docs/ is run, or, where it sets up a machine, checked word for word.

``python`` blocks run as they stand; a window they open closes after a few seconds. In ``sh`` blocks ``myoscope …`` runs
for real, ``make …`` names a target, ``pip``, ``uv`` and the like name extras and files that exist. The blocks of one
file share a folder and run in order, so that one may record what the next replays.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

BLOCK_SECONDS = 90  # a whole block may take this long
WINDOW_SECONDS = 3.0  # a window that would stay open closes after this long
SHELLS = {"sh", "bash", "console", "powershell", "bat"}
DATA = {"text", "json", "toml"}
# These go on until somebody ends them.
ENDLESS = {"view", "replay"}
WORDS = {"cd", "git", "source", ".", "py", "python", "python3", "sudo", "brew", "winget"}

# Runs a block as the script it is, but for a window that nobody would close.
BOUNDED = f"""
import runpy, sys
import myoscope

run = myoscope.App.run
def bounded(self, mode="gui", seconds=None):
    return run(self, mode=mode, seconds={WINDOW_SECONDS} if seconds is None else min(seconds, {WINDOW_SECONDS}))
myoscope.App.run = bounded
runpy.run_path(sys.argv[1], run_name="__main__")
"""

# A device on this machine's network, until the pipe to it is closed.
DEVICE = """
import sys, threading
import numpy as np
import pylsl

info = pylsl.StreamInfo(sys.argv[1], "EMG", 8, 1000.0, "float32", "readme-" + sys.argv[1])
outlet = pylsl.StreamOutlet(info)
done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
print("ready", flush=True)
begun, sent = pylsl.local_clock(), 0
while not done.wait(0.02):
    due = int((pylsl.local_clock() - begun) * 1000) - sent
    if due:
        sent += due
        outlet.push_chunk(np.zeros((due, 8), np.float32), begun + sent / 1000)
"""


@dataclass(frozen=True)
class CodeBlock:
    """One fenced block: where it stands, its language and its text."""

    file: str
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}-{self.language or 'nothing'}"

    @property
    def draws(self) -> bool:
        """Does it open a window?"""
        if self.language == "python":
            return ".run(" in self.code
        return any(_draws(words) for _, words in _commands(self.code)) if self.language in ("sh", "bash") else False


def blocks(text: str, file: str = "README.md") -> list[CodeBlock]:
    """Find the fenced blocks of a Markdown text."""
    found: list[CodeBlock] = []
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        opening = re.match(r"^( {0,3}|\s*[-*] |\s+)(`{3,}|~{3,})\s*([\w+-]*)\s*$", line)
        if not fence and opening:
            indent, fence, language, start, lines = len(opening[1]), opening[2], opening[3], number, list[str]()
        elif fence and line.strip() == fence:
            found.append(CodeBlock(file, start, language, "\n".join(lines) + "\n"))
            fence = ""
        elif fence:
            lines.append(line[indent:] if not line[:indent].strip() else line)
    assert not fence, f"{file}:{start}: the block never ends"
    return found


def _commands(code: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a shell block, whole and in words; comments, prompts and ``&&`` taken away."""
    for line in code.replace("\\\n", " ").splitlines():
        for part in line.removeprefix("$ ").split("&&"):
            words = shlex.split(part, comments=True, posix=not re.search(r"[A-Za-z.]\\\w", part))
            if words:
                yield part.strip(), words


def _draws(words: list[str]) -> bool:
    return words[0] == "myoscope-desktop" or words == ["myoscope"] or (words[0] == "myoscope" and words[1] in ENDLESS)


def check_make(words: list[str], root: Path = ROOT) -> None:
    """Every target a line names is one of the Makefile's."""
    rules = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    targets = [word for word in words[1:] if "=" not in word and not word.startswith("-")]
    assert targets, f"{' '.join(words)}: no target"
    assert set(targets) <= rules, f"{' '.join(words)}: no such target"
    if shutil.which("make"):
        done = subprocess.run(["make", "-n", *targets], cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def check_install(words: list[str]) -> None:
    """What a pip or uv line asks for parses, its extras are declared, its files exist."""
    text = " ".join(words)
    arguments = iter(words)
    for word in arguments:
        if word in ("-c", "--constraint", "-r", "--requirement"):
            name = next(arguments)
            assert (ROOT / name).is_file(), f"{text}: no file {name}"
        elif word.startswith("-"):
            assert word in ("-e", "--editable", "-m", "-U", "--upgrade", "--python", "--seed", "-q"), f"{text}: {word}?"
        elif match := re.fullmatch(r"(?:\.|myoscope)(?:\[([\w,]+)\])?(?:[=<>~!].*)?", word):
            requirement = Requirement(word if word.startswith("myoscope") else "myoscope" + word[1:])
            missing = requirement.extras - PROJECT["optional-dependencies"].keys()
            assert not missing, f"{text}: no extra {', '.join(missing)}"
            assert match


def check_line(line: str, words: list[str]) -> bool:
    """Check a command that sets up a machine; say whether it is one that can simply be run."""
    program = re.split(r"[\\/]", words[0])[-1].lower().removesuffix(".exe")
    if program == "make":
        check_make(words)
    elif program in ("pip", "uv") or (program in ("python", "python3", "py") and "pip" in words):
        check_install(words)
    elif program in PROJECT["scripts"] | PROJECT["gui-scripts"]:
        return True
    else:
        assert program in WORDS or program.startswith("activate"), f"{line}: nobody knows how to check this"
    return False


@contextmanager
def devices(code: str) -> Iterator[None]:
    """Start an LSL stream for each that the code names, and end it."""
    started = []
    try:
        for name in sorted(set(re.findall(r"\blsl:([A-Za-z]\w*)", code))):
            command = [sys.executable, "-c", DEVICE, name]
            device = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            started.append(device)
            assert device.stdout is not None
            assert device.stdout.readline() == "ready\n", f"no stream {name} to try this with"
        yield
    finally:
        for device in started:
            device.communicate(timeout=20)


def _environment() -> dict[str, str]:
    # The programs of the environment the tests run in come first, as they would where it is activated.
    here = str(Path(sys.executable).parent)
    return os.environ | {"PATH": here + os.pathsep + os.environ.get("PATH", ""), "NO_COLOR": "1", "PYTHONUTF8": "1"}


def run_python(code: str, folder: Path) -> str:
    """Run a block as a script; return what it prints. A warning it earns is an error there too."""
    script = folder / "block.py"
    script.write_text(code, encoding="utf-8")
    command = [sys.executable, "-W", "error:::__main__", "-c", BOUNDED, str(script)]
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=BLOCK_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def run_shell(line: str, folder: Path, endless: bool) -> str:
    """Run one command; one that would go on for ever is interrupted as a person would, and must end well."""
    command = ["bash", "-c", f"exec {line}"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            out, err = process.communicate(timeout=WINDOW_SECONDS * 4 if endless else BLOCK_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            try:
                out, err = process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            assert endless, f"{line}: not done after {BLOCK_SECONDS} s\n{out}\n{err}"
    assert process.returncode in ((0, 128 + signal.SIGTERM) if endless else (0,)), f"{line}\n{out}\n{err}"
    assert "Traceback" not in err, f"{line}\n{err}"
    return out


def run_block(block: CodeBlock, folder: Path) -> None:
    """Run or check one block, whatever its language."""
    if block.language == "python":
        compile(block.code, str(block), "exec")
        with devices(block.code):
            run_python(block.code, folder)
    elif block.language == "json":
        json.loads(block.code)
    elif block.language == "toml":
        tomllib.loads(block.code)
    elif block.language in SHELLS:
        for line, words in _commands(block.code):
            if check_line(line, words) and block.language in ("sh", "bash") and os.name != "nt":
                with devices(line):
                    run_shell(line, folder, endless=_draws(words))
    else:
        assert block.language in DATA, f"{block}: say which language, one of python, sh, text …"


def _parameters() -> list[object]:
    found: list[object] = []
    for path in DOCUMENTS:
        for block in blocks(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()):
            marks = [pytest.mark.gui] if block.draws else []
            found.append(pytest.param(block, id=str(block), marks=marks))
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the blocks of the documents run in."""
    return tmp_path_factory.mktemp("documents")


@pytest.mark.parametrize("block", _parameters())
def test_block(block: CodeBlock, shared: Path) -> None:
    folder = shared / Path(block.file).stem
    folder.mkdir(exist_ok=True)
    run_block(block, folder)


def test_the_readme_begins_with_the_two_commands() -> None:
    first = blocks((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    assert [words for _, words in _commands(first.code) if words[0] == "make"] == [["make", "demo"], ["make", "test"]]


def test_links_and_pictures_are_there() -> None:
    for path in [*DOCUMENTS, ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} points to {target}"


# The mechanism itself.

SAMPLE = """\
Words, and `code` within them.

```sh
# set up
make demo && make test   # both
.venv/bin/pip install -c constraints.txt -e ".[dev,bench]"
myoscope --help
```

1. A list

   ```python
   if True:
       print("indented")
   ```

```json
{"ok": true}
```

```
no language
```
"""


def test_blocks_are_found_where_they_stand() -> None:
    found = blocks(SAMPLE)
    assert [(block.line, block.language) for block in found] == [(3, "sh"), (12, "python"), (17, "json"), (21, "")]
    assert found[1].code == 'if True:\n    print("indented")\n'
    assert [words[0] for _, words in _commands(found[0].code)] == ["make", "make", ".venv/bin/pip", "myoscope"]
    with pytest.raises(AssertionError, match="never ends"):
        blocks("```sh\nmake demo\n")


def test_good_blocks_pass(tmp_path: Path) -> None:
    for block in blocks(SAMPLE)[:3]:
        run_block(block, tmp_path)


@pytest.mark.parametrize(
    ("language", "code", "words"),
    [
        ("sh", "make tea", "no such target"),
        ("sh", "make", "no target"),
        ("sh", "pip install 'myoscope[tea]'", "no extra tea"),
        ("powershell", r".venv\Scripts\pip install -c wishes.txt .", "no file wishes.txt"),
        ("sh", "rm -rf build", "nobody knows"),
        ("sh", "myoscope no-such-command", "no-such-command"),
        ("python", "import myoscope\nmyoscope.no_such_name", "no_such_name"),
        ("python", "import warnings\nwarnings.warn('old')", "old"),
        ("python", "raise SystemExit(3)", "SystemExit"),
        ("", "make demo", "say which language"),
    ],
)
def test_bad_blocks_fail(language: str, code: str, words: str, tmp_path: Path) -> None:
    if os.name == "nt" and code.startswith("myoscope"):
        pytest.skip("Shell blocks are not run on Windows.")
    with pytest.raises(AssertionError, match=words):
        run_block(CodeBlock("sample.md", 1, language, code), tmp_path)


@pytest.mark.parametrize(
    ("code", "draws"),
    [
        ("myoscope", True),
        ("myoscope-desktop", True),
        ("myoscope view synthetic:", True),
        ("myoscope demo", False),
        ("myoscope info out", False),
        ("make demo", False),
    ],
)
def test_what_draws_gets_the_display(code: str, draws: bool) -> None:
    assert CodeBlock("sample.md", 1, "sh", code).draws is draws


def test_a_script_leaves_what_it_made_for_the_next(tmp_path: Path) -> None:
    run_python("from pathlib import Path\nPath('note').write_text('here')", tmp_path)
    assert run_python("from pathlib import Path\nprint(Path('note').read_text())", tmp_path) == "here\n"


@pytest.mark.skipif(os.name == "nt", reason="Shell blocks are not run on Windows.")
def test_an_endless_command_is_ended_and_must_end_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "WINDOW_SECONDS", 0.1)
    with pytest.raises(AssertionError, match="sleep 1000"):  # dies of the signal
        run_shell("sleep 1000", tmp_path, endless=True)
    monkeypatch.setitem(globals(), "BLOCK_SECONDS", 0.1)
    with pytest.raises(AssertionError, match="not done after"):
        run_shell("sleep 1000", tmp_path, endless=False)
    assert run_shell("echo done", tmp_path, endless=False) == "done\n"
