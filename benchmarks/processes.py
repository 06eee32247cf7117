"""CPU time and memory of processes that run in turns."""

from __future__ import annotations

import dataclasses
import os
import statistics
import subprocess
import sys
from typing import Callable, ContextManager, Dict, List, Mapping, Sequence, Tuple

__all__ = ["Contender", "Times", "race"]

# The maximum size of a process includes the time before `exec`, when it is a copy of its parent. So a small process
# starts what is measured.
_BETWEEN = """\
import os, subprocess, sys
process = subprocess.Popen(sys.argv[2:], cwd=sys.argv[1], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
said = process.stderr.read()
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.WEXITSTATUS(status)
unit = 1 if sys.platform == "darwin" else 1024
print(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)
sys.stderr.buffer.write(said)
"""


@dataclasses.dataclass(frozen=True)
class Contender:
    """One process. `around` is entered before it starts and left after it has ended; it is not measured."""

    name: str
    command: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    around: Callable[[], ContextManager[None]]


@dataclasses.dataclass
class Times:
    """The measurements of a contender: seconds of CPU time (user and system), and the maximum memory in bytes."""

    seconds: List[float] = dataclasses.field(default_factory=list)
    memory: int = 0

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Half of the interquartile range, relative to the median; 0 for fewer than four runs."""
        if len(self.seconds) < 4:  # noqa: PLR2004 - quartiles
            return 0.0
        low, _, high = statistics.quantiles(self.seconds, n=4)
        return (high - low) / 2 / self.median


def race(contenders: Sequence[Contender], rounds: int, *, warm: bool = True) -> Dict[str, Times]:
    """Run all of them in turn, `rounds` times; each round has the opposite order of the one before.

    Raises:
        RuntimeError: one of them failed.
    """
    times = {contender.name: Times() for contender in contenders}
    for turn in range(-1 if warm else 0, rounds):
        for contender in contenders if turn % 2 else contenders[::-1]:
            seconds, memory = _run(contender)
            if turn >= 0:
                times[contender.name].seconds.append(seconds)
                times[contender.name].memory = max(times[contender.name].memory, memory)
    return times


def _run(contender: Contender) -> Tuple[float, int]:
    with contender.around():
        done = subprocess.run(
            [sys.executable, "-c", _BETWEEN, contender.cwd, *contender.command],
            env={**os.environ, **contender.env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
        )
    code, seconds, memory = done.stdout.split()
    if code != "0":
        msg = f"{contender.name}: {' '.join(contender.command)} ended with {code}:\n{done.stderr}"
        raise RuntimeError(msg)
    return float(seconds), int(memory)
