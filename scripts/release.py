"""List what is missing for a release: `python scripts/release.py v0.1.0`. The release workflow runs it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import List

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["problems"]

ROOT = Path(__file__).resolve().parent.parent


def problems(root: Path, tag: str) -> List[str]:
    """Return a line for each thing that is missing."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = project["version"]
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    found = []
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, but the version in pyproject.toml is {version}")
    if not re.search(rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE):
        found.append(f"CHANGELOG.md has no section `## {version} - YYYY-MM-DD`")
    if f"hatch-nocache=={version}" not in (root / "docs" / "ci.md").read_text(encoding="utf-8"):
        found.append(f"docs/ci.md does not pin hatch-nocache=={version}")
    if "Source" not in project.get("urls", {}):
        found.append("pyproject.toml has no `Source` in [project.urls]")
    if re.search(r"\]\((?!https?:|#)", (root / "README.md").read_text(encoding="utf-8")):
        found.append("README.md has relative links: run `python scripts/links.py`")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and the tag
        sys.exit("usage: python scripts/release.py vX.Y.Z")
    sys.exit("\n".join(problems(ROOT, sys.argv[1])) or None)  # "" would exit with 1
