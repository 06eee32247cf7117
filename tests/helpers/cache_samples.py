"""For each row of the catalogue: what its tool leaves behind, and a near miss that a project may have of its own.

The rows are in cache_samples.txt: tool | files | near miss ; another | more. A file is written as for `fakes.tree`;
HEX8 is 8 hexadecimal digits. More is `at PATH`, a directory whose name counts, or `declared`: the row has no conclusive
structure, so a variable, a key or a tag is needed, or `tagged`, or the code.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple, Tuple

SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
HOME = "pyvenv.cfg=home = /usr/bin\n"
HEX = "0123456789abcdef" * 4


class Sample(NamedTuple):
    tool: str
    lines: Tuple[str, ...]
    near_misses: Tuple[Tuple[str, ...], ...]
    at: str
    declared: bool
    tagged: bool
    code: str


def _filled(text: str) -> str:
    text = text.replace("SIGNATURE", SIGNATURE).replace("STATS", "0\n" * 30)
    return re.sub(r"HEX(\d+)", lambda found: (HEX * 2)[: int(found.group(1))], text)


def _words(text: str) -> Tuple[str, ...]:
    return tuple(_filled(word.encode().decode("unicode_escape")) for word in shlex.split(text))


def _sample(row: str) -> Sample:
    tool, *files, more = (cell.strip() for cell in f"{row} |".split("|", 3))
    lines, *near_misses = map(_words, (files[0], *files[1].split(" ; ")))
    at = re.search(r"at (\S+)", more)
    code = re.search(r"NC\d+", more)
    where = _filled(at.group(1)) if at else "zeta-3"
    others = tuple(filter(None, near_misses))
    return Sample(tool, lines, others, where, "declared" in more, "tagged" in more, code.group() if code else "NC003")


SAMPLES = tuple(
    _sample(row)
    for row in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    if not row.startswith("#")
)
