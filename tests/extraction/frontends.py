"""Give an archive to programs that unpack archives, and return the outcome: "ok", "refuses: …" or "alters: …"."""

from __future__ import annotations

import functools
import glob
import http.server
import json
import os
import shutil
import sys
import threading
import zipfile

import venvs
from badarchives import BACKEND, ROOT

# Old and new, and those between which the behavior changed. None is the newest.
VERSIONS = {"uv": ("0.8.0", "0.8.4", "0.8.22", "0.12.24", None), "pip": ("23.2.1", "24.3.1", None), "build": (None,)}

_WHEEL = ["wheel", "--no-deps", "--no-build-isolation", "--no-index"]
_BACKEND = {}
exec(BACKEND, _BACKEND)
_FILTER = """
import sys, tarfile
with tarfile.open(sys.argv[1]) as tar:
    tar.extractall(sys.argv[2], filter="data")
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def _listing(out):
    """Return what was unpacked to `out`, by itself or by the wheel there."""
    for path in glob.glob(os.path.join(out, "*.whl")):
        with zipfile.ZipFile(path) as wheel:
            return json.loads(wheel.read("myproject/listing.json"))
    return _BACKEND["listing"](os.path.join(out, ROOT))


class Tools:
    """All front ends and archivers."""

    def __init__(self):
        self._front = {}
        needed = ("hatchling", venvs.own_wheel())  # by the sdists of test projects
        for name, versions in VERSIONS.items():
            for version in versions:
                programs = venvs.programs(f"{name}=={version}" if version else name, *needed)
                label = f"{name}-{venvs.installed(programs / 'python')[name]}"
                self._front[label] = {
                    "uv": [programs / "uv", "build", "--wheel", "--no-build-isolation", "--python", sys.executable],
                    "pip": [programs / "python", "-m", "pip", *_WHEEL],
                    "build": [programs / "python", "-m", "build", "--no-isolation", "--wheel"],
                }[name]
        self._archivers = {name: shutil.which(name) for name in ("tar", "bsdtar") if shutil.which(name)}
        code = "import tarfile; tarfile.data_filter"
        found = venvs.pythons().items()
        self._pythons = {version: path for version, path in found if not venvs.execute(path, "-c", code).returncode}

    @property
    def installers(self):
        """Return the names of those whose refusal is a reason for a finding."""
        return [*self._front, *(f"data filter {version}" for version in self._pythons)]

    def outcomes(self, case, folder):
        """Return the outcome of each program; `folder` is an empty directory."""
        sdist = os.path.join(folder, f"{ROOT}.tar.gz")
        with open(sdist, "wb") as file:
            file.write(case.sdist())
        found = {}
        for label, out, problem in self._unpacked(sdist, folder):
            found[label] = problem or self._compare(case, _listing(out))
        return found

    def problems(self, sdist, folder):
        """Return why a real sdist is refused, for each that refuses it; `folder` is an empty directory."""
        outcomes = self._unpacked(sdist, folder, HATCH_BUILD_NO_HOOKS="true")
        return {label: problem for label, _, problem in outcomes if problem}

    def _unpacked(self, sdist, folder, **more):
        """Yield each program, the directory that it unpacks to or builds a wheel in, and why it refuses the sdist."""
        commands = {
            label: [*command, "-w" if label.startswith("pip") else "-o", "OUT", sdist]
            for label, command in self._front.items()
        }
        for version, path in self._pythons.items():
            commands[f"data filter {version}"] = [path, "-c", _FILTER, sdist, "OUT"]
        for label, path in self._archivers.items():
            commands[label] = [path, "-xzf", sdist, "-C", "OUT"]
        for label, command in commands.items():
            yield (label, *self._run(command, folder, label, more))

    def install(self, wheel, folder, **more):
        """Return what pip and uv installed from a wheel: the paths below the target, or why they refuse it.

        With more variables, `wheel` is a URL, which only uv is given.
        """
        found = {}
        for label, command in self._front.items():
            if label.startswith("uv"):
                line = [command[0], "pip", "install", "--no-deps", "--no-index", "--python", sys.executable]
            elif label.startswith("pip") and not more:
                line = [*command[:3], "install", "--no-deps", "--no-index", "--no-compile"]
            else:
                continue
            out, problem = self._run([*line, wheel, "--target", "OUT"], folder, f"{label} {len(more)}", more)
            files = {os.path.relpath(os.path.join(at, name), out) for at, _, names in os.walk(out) for name in names}
            # uv leaves a lock file at the top.
            found[label] = problem or {name for name in files if ".dist-info" not in name and name != ".lock"}
        return found

    def install_from_server(self, wheel, folder):
        """Return what uv installed from a wheel that it reads as a stream, as from a package index."""
        handler = functools.partial(_Quiet, directory=os.path.dirname(wheel))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/{os.path.basename(wheel)}"
            found = self.install(f"myproject @ {url}", folder, UV_OFFLINE="0")
            server.shutdown()
        return found

    @staticmethod
    def _run(command, folder, label, more):
        """Run a program that writes to OUT. Return that directory, and why the program fails."""
        # Deep, so that a file that leaves the directory does not hit another one.
        out = os.path.join(folder, label.replace(" ", "-"), "deep", "down", "out")
        work = os.path.join(os.path.dirname(out), "work")
        os.makedirs(out)
        os.makedirs(work)
        uv = {"UV_CACHE_DIR": os.path.join(work, "cache"), "UV_OFFLINE": "1", "UV_NO_CONFIG": "1"}
        own = {"TMPDIR": work, "PIP_NO_CACHE_DIR": "1", "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "127.0.0.1"}
        done = venvs.execute(*(out if part == "OUT" else part for part in command), **{**own, **uv, **more})
        lines = " | ".join(done.stdout.splitlines()[-3:])[-300:]
        return out, f"refuses: {lines}" if done.returncode else ""

    @staticmethod
    def _compare(case, found):
        wanted = case.faithful()
        changed = sorted(key for key in {*wanted, *found} if wanted.get(key) != found.get(key))
        names = ", ".join(bytes.fromhex(key).decode("utf-8", "replace") for key in changed)
        return f"alters: {names}" if changed else "ok"
