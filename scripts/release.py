"""Say whether a release may be made of this tree: `python scripts/release.py v0.1.0`, as the release workflow does."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import List

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
_OWNER = "OWNER"
PLACEHOLDER = f"github.com/{_OWNER}/"  # until the repository has a home; not found by who looks for it to replace it


def problems(root: Path, tag: str) -> List[str]:
    """Return what has to be put right first."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    version = project["version"]
    found = []
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, but the version in pyproject.toml is {version}")
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE):
        found.append(f"CHANGELOG.md has no section `## [{version}] - YYYY-MM-DD`")
    if f"\n[{version}]: https://" not in changes:
        found.append(f"CHANGELOG.md has no link `[{version}]: https://…` at its end")
    if not re.search(rf"^\[Unreleased\]: https://\S+/v{re.escape(version)}\.\.\.HEAD$", changes, re.MULTILINE):
        found.append(f"CHANGELOG.md has no link `[Unreleased]: https://…/v{version}...HEAD` at its end")
    if f"\n    rev: v{version}\n" not in (root / "docs" / "ci.md").read_text(encoding="utf-8"):
        found.append(f"docs/ci.md does not say `rev: v{version}`")
    if "Source" not in project.get("urls", {}):
        found.append("pyproject.toml has no Source in [project.urls]")
    paths = (*sorted(root.glob("*.md")), *sorted(root.glob("docs/*.md")), root / "pyproject.toml")
    names = [path.relative_to(root).as_posix() for path in paths if PLACEHOLDER in path.read_text(encoding="utf-8")]
    readme = (root / "README.md").read_text(encoding="utf-8")
    if re.search(r"\]\((?!https:|#)", readme):
        found.append(
            "README.md has a link to a file, which the package index does not resolve: `hatch run long:tables`"
        )
    return found + [f"{name} still says {PLACEHOLDER}" for name in names]


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and the tag
        sys.exit("usage: python scripts/release.py vX.Y.Z")
    sys.exit("\n".join(problems(ROOT, sys.argv[1])) or None)  # even "" would end in 1
