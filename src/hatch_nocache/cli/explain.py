"""The texts on each code, in Markdown: for `hatch-nocache explain`, and for docs/codes.md."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

from hatch_nocache.rules import CODES

__all__ = ["EXPLANATIONS", "Explanation", "UnknownCodeError", "as_text"]


class UnknownCodeError(ValueError):
    """There is no such code; the message lists all."""


class Explanation(NamedTuple):
    """Why a code is reported, how to settle it, how to pack the path anyway ("" if impossible), an example."""

    cause: str
    remedies: Tuple[str, ...]
    keep: str
    example: str


_ALLOW = "Add the path to `allow` in the hook's table."
_COPY = 'Set `symlinks = "copy"` in the hook\'s table to pack the content of the link target as a regular file.'
_REFUSED = 'Add the path to `allow`, or set `symlinks = "keep"`. Installers will refuse the sdist.'

EXPLANATIONS: Dict[str, Explanation] = {
    "NC001": Explanation(
        "The directory contains a `CACHEDIR.TAG` that is a regular file and begins with the 43-byte signature of the "
        "[Cache Directory Tagging Specification](https://bford.info/cachedir/). The tool that created the directory "
        "declares it a cache.",
        (
            "None is needed: the directory is left out, and the build goes on.",
            "Add the directory to the project's ignore file, so that other tools leave it out too.",
        ),
        'Add the directory to `allow`, or name it in `force-include`. `caches = "keep"` packs all caches.',
        "hatch-nocache: left 1 cache directory out of the sdist\n"
        "  NC001 .uv-cache/   uv cache: UV_CACHE_DIR=.uv-cache points into the project\n"
        '  hint: to pack it anyway, add "/.uv-cache/" to `allow` in [tool.hatch.build.hooks.nocache]',
    ),
    "NC002": Explanation(
        "The running build uses the directory: an environment variable or a configuration key names it, or it contains "
        "the interpreter that runs the build. The variable alone is no proof: the directory must contain what only the "
        "tool writes, or nothing.",
        (
            "None is needed: the directory is left out, and the build goes on.",
            "Move the cache out of the project if the place can be chosen.",
        ),
        _ALLOW,
        "hatch-nocache: left 1 cache directory out of the sdist\n"
        "  NC002 .cache/pip/   pip cache: PIP_CACHE_DIR=.cache/pip points into the project",
    ),
    "NC003": Explanation(
        "The directory has the layout or the name of a known tool's cache. The list is in `docs/tools.md`. A generic "
        "name such as `cache` or `build` alone is never enough. A linked git worktree in the project counts as well.",
        (
            "None is needed: the directory is left out, and the build goes on.",
            "Add the directory to the project's ignore file, so that other tools leave it out too.",
        ),
        _ALLOW,
        "hatch-nocache: left 1 cache directory out of the sdist\n"
        "  NC003 .hypothesis/   Hypothesis directory: has its layout",
    ),
    "NC004": Explanation(
        "The directory is a virtual environment (`pyvenv.cfg` next to `bin` or `Scripts`, or files that only an "
        "environment has) or a Conda environment. Packages below `lib/pythonX.Y/site-packages` alone are not one.",
        (
            "None is needed: the directory is left out, and the build goes on.",
            "Add the directory to the project's ignore file, so that other tools leave it out too.",
        ),
        _ALLOW,
        "hatch-nocache: left 1 virtual environment out of the sdist\n"
        "  NC004 venv/   virtual environment: contains pyvenv.cfg",
    ),
    "NC005": Explanation(
        "A pattern of the option `extra-caches` matches the directory.",
        ("None is needed: the directory is left out, and the build goes on.",),
        "Remove the pattern from `extra-caches`.",
        "hatch-nocache: left 1 cache directory out of the sdist\n"
        "  NC005 data/tmp/   cache directory: matches `extra-caches`",
    ),
    "NC006": Explanation(
        "Hatchling selected files that git does not track, for example `.env`, editor settings or a nested clone. "
        "Hatchling reads one ignore file only. Files that the configuration names, that another hook adds, or that a "
        "wheel of the project needs are not reported. Only sdists that are built from a git work tree are examined.",
        (
            'Set `untracked = "drop"` in the hook\'s table to leave such files out, or `"reject"` to fail the build.',
            "Add the files to git, or to `exclude` in `[tool.hatch.build.targets.sdist]`.",
        ),
        "Add the paths to `allow` to pack them without a notice.",
        "hatch-nocache: packed 1 file that git does not track into the sdist\n  NC006 .env   untracked",
    ),
    "NC101": Explanation(
        "The link target is an absolute path. The sdist format does not allow such symlinks, and installers refuse the "
        "sdist. In other targets, only a link target outside the project is reported.",
        ("Make the link target relative.", _COPY, "Exclude the symlink."),
        _REFUSED,
        "hatch-nocache: the sdist was not built: 1 problem\n"
        "  NC101 src/demo/data.csv -> /srv/data.csv   absolute symlink\n"
        '  hint: to pack the target file, set symlinks = "copy" in [tool.hatch.build.hooks.nocache]',
    ),
    "NC102": Explanation(
        "The symlink leaves the project: by its text in the archive, or on disk if its link target is not in the "
        "archive. Installers refuse an sdist in which a symlink leaves the top-level directory.",
        (_COPY, "Replace the symlink with a copy of the file.", "Exclude the symlink."),
        _REFUSED,
        "hatch-nocache: the sdist was not built: 1 problem\n"
        "  NC102 LICENSE -> ../LICENSE   symlink to a file outside the project\n"
        '  hint: to pack the target file, set symlinks = "copy" in [tool.hatch.build.hooks.nocache]',
    ),
    "NC103": Explanation(
        "A symlink to a directory leaves the project. Hatchling follows it and packs all files behind it as regular "
        "files. It is not reported if `force-include` puts the same directory in the same place.",
        (
            "Name the directory in `force-include`, with the path of the symlink.",
            _COPY,
            "Exclude the symlink.",
        ),
        'Add the path to `allow`, or set `symlinks = "keep"`.',
        "hatch-nocache: the sdist was not built: 1 problem\n"
        "  NC103 src/demo/tz -> ../../../shared   symlink to a directory outside the project",
    ),
    "NC104": Explanation(
        "The link target does not exist. An sdist may contain such a symlink. No wheel that selects it can be built. "
        "A symlink whose path runs through a regular file is rejected in every target.",
        ("Create the link target.", "Delete or exclude the symlink."),
        "",
        "hatch-nocache: the wheel was not built: 1 problem\n  NC104 src/demo/y -> z   dangling symlink",
    ),
    "NC105": Explanation(
        "The symlink leads back to itself, or through more symlinks than a system follows. Nothing can read it.",
        ("Delete or exclude the symlink.",),
        "",
        "hatch-nocache: the sdist was not built: 1 problem\n  NC105 docs/loop -> loop   symlink loop",
    ),
    "NC106": Explanation(
        "Symlinks inside the project give a directory several names. Hatchling visits it once, under the first name, "
        "and the files under other names would be missing. The hook packs the real name, the name that Hatchling would "
        "pack, and each name that a wheel of the project selects.",
        ("None is needed.", "Exclude the names that are not wanted."),
        "It is packed.",
        "hatch-nocache: 1 note on the sdist\n  NC106 src/demo/assets -> ../../assets   directory with several names",
    ),
    "NC201": Explanation(
        "Installers accept only regular files, directories and symlinks. Hatchling would hang on a FIFO.",
        ("Delete or exclude the file.",),
        "",
        "hatch-nocache: the sdist was not built: 1 problem\n"
        "  NC201 run/control   FIFO: installers accept only regular files, directories and symlinks",
    ),
    "NC202": Explanation(
        "The name of the member is absolute, contains `..`, or does not begin with the top-level directory.",
        ("Correct the target path of the `force-include` entry, or of the hook, that adds the file.",),
        "",
        "hatch-nocache: the sdist was not built: 1 problem\n"
        "  NC202 ../CHANGES.txt   archive member outside the archive root: the name contains `..`",
    ),
    "NC203": Explanation(
        "Some current installer refuses the member's name (control characters, a colon, a backslash, a space at the "
        "end, bytes that are not UTF-8, more than 255 bytes), its time (before 1970) or its header.",
        ("Rename the file, or exclude it.",),
        _ALLOW,
        "hatch-nocache: the sdist was not built: 1 problem\n"
        "  NC203 data/a:b.txt   name that installers refuse: it contains a colon",
    ),
    "NC204": Explanation(
        "The target of the hard link is not a regular file that comes earlier in the archive. Installers refuse such a "
        "member, or leave it out.",
        ("Pack a copy of the file instead of a hard link.",),
        "",
        "hatch-nocache: deleted demo-1.0.tar.gz: 1 problem in the finished sdist\n"
        "  NC204 data/b.txt -> data/a.txt   hard link to anything but an earlier regular file",
    ),
    "NC205": Explanation(
        "Two members need the same place: two files with one name, a file below a symlink, or a file where a directory "
        "must be.",
        ("Exclude one of them, or correct the target path of the `force-include` entry that adds it.",),
        "",
        "hatch-nocache: the sdist was not built: 1 problem\n  NC205 PKG-INFO   colliding archive members",
    ),
    "NC206": Explanation(
        "The structure of the zip file is damaged or ambiguous: bytes before the first or after the last record, a "
        "name or an offset that differs between a record and the directory, encryption, an unknown compression.",
        ("Do not change the wheel after Hatchling has written it, or change it with a zip library.",),
        "",
        "hatch-nocache: deleted demo-1.0-py3-none-any.whl: 1 problem in the finished wheel\n"
        "  NC206 demo/__init__.py   zip structure that installers refuse",
    ),
}


def as_text(code: str) -> str:
    """Return the section on a code, in Markdown.

    Raises:
        UnknownCodeError: there is no such code.
    """
    row = CODES.get(code.upper())
    if row is None:
        raise UnknownCodeError(f"{code}: unknown code; known codes: {', '.join(CODES)}")
    text = EXPLANATIONS[row.id]
    lines = [
        f"## {row.id}",
        "",
        f"{row.finding[0].upper()}{row.finding[1:]}. Default: {row.default}.",
        "",
        text.cause,
        "",
    ]
    lines += ["Remedies:", "", *(f"- {remedy}" for remedy in text.remedies), ""]
    lines += [f"To pack it anyway: {text.keep}", ""] if text.keep else []
    return "\n".join([*lines, "```text", text.example, "```"])
