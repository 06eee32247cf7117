"""Every test project on a Python that was built without liblzma and libbz2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECTS = Path(__file__).parents[1] / "builds" / "test_projects.py"


@pytest.mark.e2e
def test_all_test_projects(tmp_path: Path) -> None:
    for module in ("_lzma", "_bz2"):
        (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError({module!r})", encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(PROJECTS)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout

    control = subprocess.run([sys.executable, "-c", "import lzma"], env={**os.environ, "PYTHONPATH": path}, check=False)
    assert control.returncode != 0
