"""Front ends: what they pack of a project with a cache and an environment, what a person sees, wheels from sdists."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from building import read
from projects import Case, Project, load, made, without_hook


@pytest.fixture
def project(project: Project) -> Project:
    for where in ("", "src/demo/"):
        project.make("cache", f"{where}store")
        project.make("venv", f"{where}venv")
    return project


def installed(tmp_path: Path) -> Path:
    return next((tmp_path / "venv").glob("**/site-packages"))


def test_drop(front_end_name: str, front_end, project: Project, tmp_path: Path) -> None:
    done = front_end(front_end_name, project.root)
    assert done.returncode == 0
    if front_end_name.startswith("pip"):
        # pip shows nothing of the build backend when a build succeeds.
        assert "hatch-nocache:" not in done.stdout
    else:
        assert "hatch-nocache: left 2 cache directories and 2 virtual environments out of the sdist" in done.words
        assert "NC001 src/demo/store/" in done.words
        assert "NC004 src/demo/venv/" in done.words
    if front_end_name == "pip install":
        assert [path.name for path in (installed(tmp_path) / "demo").glob("*.py")] == ["__init__.py"]
        assert [name for name in ("store", "venv") if (installed(tmp_path) / "demo" / name).exists()] == []
    elif front_end_name == "pip install -e":
        (pth,) = installed(tmp_path).glob("*demo.pth")
        assert str(project.root) in pth.read_text(encoding="utf-8")
    else:
        archives = [path for path in (tmp_path / "out").iterdir() if path.suffix in {".gz", ".whl"}]
        assert len(archives) == (1 if front_end_name == "pip wheel" else 2)
        for archive in map(read, archives):
            assert [path for path in archive.names if "store" in path or "venv" in path] == []
            assert [path for path in archive.names if path.endswith("demo/__init__.py")]


def test_reject(front_end_name: str, front_end, project: Project, tmp_path: Path) -> None:
    # An editable wheel has something to reject, too.
    forced = '[tool.hatch.build.targets.wheel.force-include]\n"src/demo" = "demo"'
    project.configure('caches = "reject"', after=forced)
    shutil.rmtree(str(project.root / "src" / "demo" / "store"))
    done = front_end(front_end_name, project.root)
    assert done.returncode != 0
    assert "hatch-nocache:" in done.words
    assert "NC004 src/demo/venv/" in done.words
    assert "Traceback" not in done.stdout
    assert [path.name for path in (tmp_path / "out").glob("*") if path.suffix in {".gz", ".whl"}] == []


@pytest.mark.parametrize("name", ["build", "uv build"])
@pytest.mark.parametrize(
    "case", [case for case in load() if case.through and case.through.front_ends], ids=lambda case: case.id
)
def test_wheel_from_the_sdist(case: Case, name: str, front_end, tmp_path: Path) -> None:
    """It is the wheel from the tree; without the hook, it is not, or only the sdist is harmed."""
    assert case.through

    def wheel(root: Path, out: str, *more: str, **env: str):
        done = front_end(name, root, *more, out=out, **env)
        found = [read(path).files for path in (tmp_path / out).glob("*.whl")]
        assert (done.returncode == 0) is bool(found)
        return found[0] if found else None

    with made(case, tmp_path) as root:
        built = wheel(root, "both")
        assert built == wheel(root, "from the tree", "--wheel")
        assert set(case.through.kept) <= set(built)
        control = wheel(root, "control", **without_hook(root))
    assert (control is None) is (case.through.without == "fails")
    assert control is None or (set(case.through.kept) <= set(control)) is (case.through.without == "kept")
