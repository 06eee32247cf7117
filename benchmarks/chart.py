"""The chart: CPU time of a build by the size of the cache, both on a logarithmic scale, as SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Mapping, Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["write_svg"]

# Legible on a light and on a dark background.
_GREY = "#808890"
_COLOURS = ("#d1495b", "#2a9d5c")


def write_svg(path: Path, title: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> None:
    """Draw `lines`: a name and its seconds, one for each of `sizes`."""
    grey = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    style: Dict[Any, Any] = dict.fromkeys(grey, _GREY)
    # Text stays text, and the same figures give the same bytes.
    with mpl.rc_context({**style, "svg.fonttype": "none", "svg.hashsalt": "hatch-nocache", "font.size": 9}):
        figure = Figure(figsize=(6.4, 3.2), layout="constrained")
        axes = figure.add_subplot()
        places = range(len(sizes))
        for (name, seconds), colour in zip(lines.items(), _COLOURS):
            axes.plot(places, seconds, "o-", color=colour, label=f"{name}: {seconds[-1]:.1f} s")
            axes.annotate(
                f"{name}\n{seconds[-1]:.1f} s",
                (places[-1], seconds[-1]),
                (8, 0),
                textcoords="offset points",
                color=colour,
                va="center",
                annotation_clip=False,
            )
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_yscale("log")
        axes.set_ylim(1)
        axes.set_xlim(-0.2, len(sizes) - 0.2)
        axes.set_yticks([1, 10, 100], ["1 s", "10 s", "100 s"])
        axes.set_xticks(places, [f"{size:,}" for size in sizes])
        axes.set_xlabel("files in the cache")
        axes.grid(axis="y", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Title": title})
