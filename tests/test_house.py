"""The house keeps its own rules: floors, names, packages, and what may not stand in a file."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import myoscope

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FLOORS = ("app", "recordings", "sources", "widgets")
TOP_LEVEL = {
    *FLOORS,
    *("__init__.py", "py.typed", "pyproject.toml", "constraints.txt", "Makefile"),
    *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"),
    *("tests", "assets", "benchmarks", "examples", "docs"),
}
MADE = ("*.egg-info", "__pycache__", "build", "dist", ".*", "screenshots", "*.myo")
HEAVY = ("brainflow", "dearpygui", "llvmlite", "numba", "pylsl", "tsdownsample", "zarr")
WAYS_TO_A_THREAD = {"Thread", "Timer", "ThreadPoolExecutor", "ThreadPool", "start_new_thread", "to_thread"}


def _files() -> list[Path]:
    """Return what belongs to the repository: what git tracks or would, else what nothing made."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # a stranger's clone is refused
        if told.returncode == 0:
            names = {name for name in told.stdout.decode("utf-8").split("\0") if name}
            return sorted(path for name in names if (path := ROOT / name).is_file())
    kept = [".ci", ".github", ".gitignore", ".pre-commit-config.yaml"]
    return sorted(
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and (
            path.relative_to(ROOT).parts[0] in kept or not any(_is_made(part) for part in path.relative_to(ROOT).parts)
        )
    )


def _is_made(part: str) -> bool:
    return any(Path(part).match(pattern) for pattern in MADE)


FILES = _files()
MODULES = [
    path for path in FILES if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in (*FLOORS, "__init__.py")
]


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(path: Path) -> Iterator[tuple[int, int, str]]:
    """Yield line, level (0 = absolute) and module of every import, wherever in the module it stands."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, 0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.level, node.module or ""


def test_only_the_agreed_names_stand_at_the_top() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in FILES}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL
    assert {".ci", ".github", ".gitignore", ".pre-commit-config.yaml"} <= names
    assert [name for name in names if name.endswith(".py")] == ["__init__.py"]


@pytest.mark.parametrize("floor", FLOORS)
def test_the_floors_are_flat(floor: str) -> None:
    assert (ROOT / floor / "__init__.py").is_file()
    deep = [_place(path) for path in FILES if path.is_relative_to(ROOT / floor) and path.parent != ROOT / floor]
    assert deep == []


def test_the_tests_mirror_the_folders() -> None:
    folders = {
        path.relative_to(ROOT).parts[1]
        for path in FILES
        if path.is_relative_to(ROOT / "tests") and len(path.relative_to(ROOT).parts) > 2
    }
    assert folders <= set(FLOORS)
    assert not [_place(path) for path in FILES if path.is_relative_to(ROOT / "tests") and path.name == "__init__.py"]


def test_the_package_list_is_the_folders() -> None:
    tool = PROJECT["tool"]["setuptools"]
    assert tool["package-dir"] == {"myoscope": "."}
    assert tool["packages"] == ["myoscope", *(f"myoscope.{floor}" for floor in FLOORS)]


def test_the_version_is_told_once() -> None:
    assert PROJECT["project"]["version"] == myoscope.__version__ == importlib.metadata.version("myoscope")
    assert f"\n## [{myoscope.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_python_versions_agree() -> None:
    prefix = "Programming Language :: Python :: 3."
    versions = [line.removeprefix(prefix) for line in PROJECT["project"]["classifiers"] if line.startswith(prefix)]
    assert PROJECT["project"]["requires-python"] == f">=3.{versions[0]}"
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py3{versions[0]}"
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrix = "[" + ", ".join(f'"3.{minor}"' for minor in versions) + "]"
    assert re.findall(r"python: (\[.*\])", workflow) == [matrix] * 2


def test_all_is_the_public_face() -> None:
    assert len(set(myoscope.__all__)) == len(myoscope.__all__)
    assert sorted(dir(myoscope)) == sorted(myoscope.__all__)
    promised = {
        alias.asname or alias.name
        for node in ast.walk(_tree(ROOT / "__init__.py"))
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }
    assert promised | {"__version__"} == set(myoscope.__all__)
    for name in myoscope.__all__:
        assert getattr(myoscope, name) is not None
    # Whatever of ours the module holds once all is loaded is public on purpose.
    held = {name for name, value in vars(myoscope).items() if getattr(value, "__module__", "").startswith("myoscope.")}
    assert {name for name in held if not name.startswith("_")} <= set(myoscope.__all__)


@pytest.mark.parametrize("name", ["no_such_name", "_private", "np"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(myoscope, name)


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_says_what_it_offers(floor: str) -> None:
    module = importlib.import_module(f"myoscope.{floor}")
    offered = getattr(module, "__all__", [])
    assert [name for name in offered if not hasattr(module, name)] == []
    assert len(set(offered)) == len(offered)


def test_import_is_light() -> None:
    code = f"import sys, myoscope; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_the_engine_knows_no_screen() -> None:
    code = "import sys, myoscope.app.engine, myoscope.app.cli; print('dearpygui' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("path", MODULES, ids=_place)
def test_a_module_keeps_to_its_floor(path: Path) -> None:
    floor = path.relative_to(ROOT).parts[0]
    for line, level, module in _imports(path):
        where = f"{_place(path)}:{line} imports {'.' * level}{module}"
        assert level or module.split(".")[0] not in ("myoscope", *FLOORS, "tests"), f"{where}: relative imports only"
        if module.split(".")[0] == "dearpygui":
            assert floor in ("app", "widgets"), f"{where}: only app and widgets know the screen"
    if _place(path) != "app/worker.py":
        names = {node.attr for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}
        names |= {node.id for node in ast.walk(_tree(path)) if isinstance(node, ast.Name)}
        assert not names & WAYS_TO_A_THREAD, "only app/worker.py starts threads"


def test_scripts_and_tests_use_the_public_name() -> None:
    folders = ("tests", "examples", "docs", "benchmarks")
    paths = [path for path in FILES if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]
    # Relative imports are between test modules: none of these folders is part of the package.
    wrong = [
        f"{_place(path)}:{line}"
        for path in paths
        for line, level, module in _imports(path)
        if not level and module.split(".")[0] in FLOORS
    ]
    assert wrong == []


def test_no_address_of_a_registry_or_path_of_a_machine() -> None:
    # Put together here, so that this file does not hold them.
    hosts = (
        "pypi" + ".org",
        "python" + "hosted",
        "index" + "-url",
        "find" + "-links",
        "trusted" + "-host",
        "conda" + ".org",
    )
    machine = re.compile(r"(?<![\w.~$*/-])/(?:root|work|home/\w+|Users/\w+|opt/\w+)/|[A-Z]:\\Users\\")
    wrong = []
    for path in FILES:
        if path.suffix in (".ttf", ".otf", ".png", ".mo"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if any(host in line for host in hosts) or machine.search(line):
                wrong.append(f"{_place(path)}:{number}: {line.strip()}")
    assert wrong == []


def test_every_font_has_its_licence_beside_it() -> None:
    fonts = ROOT / "assets" / "fonts"
    families = {path.name.split("-")[0] for path in fonts.glob("*.ttf")}
    assert families == {"Inter", "JetBrainsMono"}
    for family in families:
        assert "SIL OPEN FONT LICENSE" in (fonts / f"{family}-OFL.txt").read_text(encoding="utf-8").upper()


def _pins() -> dict[str, Version]:
    found: dict[str, Version] = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([0-9][0-9A-Za-z.+!]*)(?:; (.+))?", line)
            assert match, f"{line!r}: names and versions only"
            assert match[3] is None or Marker(match[3])
            name = canonicalize_name(match[1])
            assert name not in found, f"{name} twice"
            found[name] = Version(match[2])
    return found


def test_the_constraints_pin_what_is_asked_for() -> None:
    pins = _pins()
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        asked += extra
    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        if name != "myoscope":
            assert requirement.specifier.contains(pins[name]), f"{requirement} against {pins[name]}"
            operators = {spec.operator for spec in requirement.specifier}
            assert operators == {">="} or requirement.marker, f"{requirement}: say what works at least"


def test_entry_points_lead_somewhere() -> None:
    declared = PROJECT["project"]["entry-points"]["myoscope.sources"]
    points = importlib.metadata.entry_points(group="myoscope.sources")
    assert {point.name: point.value for point in points if point.name in declared} == declared
    for point in points:
        assert isinstance(point.load(), type)
    for group in ("scripts", "gui-scripts"):
        for value in PROJECT["project"][group].values():
            module, _, function = value.partition(":")
            assert callable(getattr(importlib.import_module(module), function))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build sdist and wheel from a copy of the tree; return the folder they are in."""
    have = Version(importlib.metadata.version("setuptools"))
    if have not in Requirement(PROJECT["build-system"]["requires"][0]).specifier:
        pytest.fail(f"setuptools {have} is too old to build with. Run: make venv", pytrace=False)
    tree, dist = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for path in FILES:
        copy = tree / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist), str(tree)]
    done = subprocess.run(command, cwd=dist, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dist


def _expected() -> set[str]:
    assets = {path for path in FILES if path.is_relative_to(ROOT / "assets")}
    return {f"myoscope/{_place(path)}" for path in {*MODULES, *assets, ROOT / "py.typed"}}


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    info = f"myoscope-{myoscope.__version__}.dist-info/"
    assert {name for name in names if not name.startswith(info)} == _expected()
    licences = {name.removeprefix(f"{info}licenses/") for name in names if name.startswith(f"{info}licenses/")}
    assert licences == {"LICENSE", "assets/fonts/Inter-OFL.txt", "assets/fonts/JetBrainsMono-OFL.txt"}


@pytest.mark.slow
def test_the_sdist_holds_what_the_wheel_is_made_of(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    top = f"myoscope-{myoscope.__version__}"
    with tarfile.open(sdist) as archive:
        names = {name.removeprefix(f"{top}/") for name in archive.getnames()}
    assert {name.removeprefix("myoscope/") for name in _expected()} | {
        "pyproject.toml",
        "README.md",
        "LICENSE",
    } <= names
