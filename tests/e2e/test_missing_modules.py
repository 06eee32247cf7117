"""Every test project on a Python that was built without liblzma and libbz2."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import venvs


def test_all_test_projects(tmp_path: Path) -> None:
    for module in ("_lzma", "_bz2"):
        (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError({module!r})", encoding="utf-8")
    env = {"PYTHONPATH": os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))}
    projects = Path(__file__).parents[1] / "builds" / "test_projects.py"
    assert " passed" in venvs.run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", projects, **env)
    assert venvs.execute(sys.executable, "-c", "import lzma", **env).returncode != 0
