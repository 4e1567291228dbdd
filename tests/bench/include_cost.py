"""What it costs to include the library, in an otherwise empty file."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]


def standard_headers():
    """Those that our public headers name, of which most of the time goes into compiling."""
    found = set()
    for header in (ROOT / "include/bayeux").glob("*.hpp"):
        found |= set(re.findall(r"^#include <([a-z_]+)>$", header.read_text(encoding="utf-8"), re.M))
    return sorted(found)


class Include:
    """CPU seconds of one compiler that only checks; the standard headers alone stand beside it."""

    def __init__(self, name, what, reach):
        self.name, self.what, self.reach = name, what, reach

    def measure(self, programs, scale):
        runs = 1 if scale.quick else 5
        return [
            {
                "name": self.name,
                "what": self.what,
                "figure": self.seconds(programs, runs, ["bayeux/bayeux.hpp"]),
                "unit": "s",
                "reach": self.reach,
                "better": "less",
                "beside": {
                    "standard_headers_s": self.seconds(programs, runs, standard_headers()),
                    "string_and_memory_s": self.seconds(programs, runs, ["string", "memory"]),
                },
            }
        ]

    def seconds(self, programs, runs, headers):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp", encoding="utf-8") as source:
            source.write("".join(f"#include <{header}>\n" for header in headers))
            source.flush()
            return median(self.compile(programs, source.name) for _ in range(runs))

    @staticmethod
    def compile(programs, source):
        compiler = os.environ.get("CXX", "g++")
        command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{ROOT / 'include'}", source]
        before = os.times()
        subprocess.run(command, check=True, preexec_fn=programs.placed(0))
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system
