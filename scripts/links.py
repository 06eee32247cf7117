"""Make README.md's links absolute: the package index does not resolve links to files. Part of a release.

The address of the repository is `Source` in `[project.urls]` of pyproject.toml.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["absolute"]

ROOT = Path(__file__).resolve().parent.parent


def absolute(text: str, home: str) -> str:
    """Return Markdown with absolute links to files in the repository at `home`."""
    return re.sub(r"\]\((?!https?:|#)", f"]({home}/blob/main/", text)


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if "Source" not in project.get("urls", {}):
        sys.exit("pyproject.toml has no `Source` in [project.urls]")
    readme = ROOT / "README.md"
    readme.write_text(absolute(readme.read_text(encoding="utf-8"), project["urls"]["Source"]), encoding="utf-8")
