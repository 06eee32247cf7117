"""Run the build of astral-sh/uv#15086 without the hook and with it: `hatch run demo`.

It copies test-projects/gitlab-uv-cache to a temporary directory and builds it as a GitLab job does, with uv's cache
inside the project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parent.parent
JOB = {"UV_CACHE_DIR": ".uv-cache", "UV_SYSTEM_PYTHON": "1", "UV_LINK_MODE": "copy"}


def main() -> int:
    """Run both builds. Return 0 if the first fails and the second passes."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if uv is None:
        print("uv is missing: run `hatch run demo`")
        return 2
    with tempfile.TemporaryDirectory(prefix="hatch-nocache-") as temporary:
        wheels = Path(temporary, "wheels")
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
        subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        project = Path(temporary, "project")
        shutil.copytree(ROOT / "test-projects" / "gitlab-uv-cache", project)
        (project / "case.toml").unlink()

        title("pyproject.toml", "the last line enables the hook")
        print((project / "pyproject.toml").read_text(encoding="utf-8"))

        title("uv build", "without the hook")
        environment = {**os.environ, **JOB, "UV_FIND_LINKS": str(wheels), "UV_PYTHON": sys.executable}
        failed = uv_build(uv, project, {**environment, "HATCH_BUILD_NO_HOOKS": "true"})
        members = sdist(project)
        leaked = [name for name in members if "/.uv-cache/" in name]
        print(f"exit code {failed}; {len(leaked)} of the {len(members)} members of the sdist are from uv's cache")
        shutil.rmtree(project / "dist")

        title("uv build", "with the hook; the cache of the first build is still in the project")
        passed = uv_build(uv, project, environment)
        members = sdist(project)
        print(f"exit code {passed}; the sdist:")
        print("".join(f"  {name}\n" for name in members))
        return 0 if failed and leaked and not passed and not [name for name in members if ".uv-cache" in name] else 1


def title(what: str, note: str) -> None:
    """Print the title of a step."""
    print(f"\n===== {what} ({note}) =====\n", flush=True)


def uv_build(uv: str, project: Path, environment: Dict[str, str]) -> int:
    """Run `uv build` as a job does, and return its exit code."""
    print(*(f"{name}={value}" for name, value in JOB.items()), "uv build", flush=True)
    environment = {**environment, "PWD": str(project)}  # as a shell does after `cd`
    return subprocess.run([uv, "build"], cwd=project, env=environment, stderr=subprocess.STDOUT, check=False).returncode


def sdist(project: Path) -> List[str]:
    """Return the members of the sdist in dist/."""
    with tarfile.open(project / "dist" / "demo-1.0.tar.gz") as archive:
        return sorted(archive.getnames())


if __name__ == "__main__":
    sys.exit(main())
