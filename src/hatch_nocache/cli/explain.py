"""`hatch-nocache explain`: the sections of codes.md, which docs/codes.md is a copy of."""

from __future__ import annotations

import os
from typing import List, Sequence

from hatch_nocache.rules import CODES

__all__ = ["UnknownCodeError", "explain"]


class UnknownCodeError(ValueError):
    """There is no such code; the message lists all."""


def explain(codes: Sequence[str]) -> str:
    """Return the sections on `codes`, or on all codes if there are none, in Markdown.

    Raises:
        UnknownCodeError: there is no such code.
    """
    with open(os.path.join(os.path.dirname(__file__), "codes.md"), encoding="utf-8") as file:
        sections: List[str] = file.read().split("\n## ")[1:]
    texts = {section[: len("NC001")]: f"## {section.strip()}" for section in sections}
    unknown = [code for code in codes if code.upper() not in texts]
    if unknown:
        raise UnknownCodeError(f"{unknown[0]}: unknown code; known codes: {', '.join(CODES)}")
    return "\n\n".join(texts[code.upper()] for code in codes or texts)
