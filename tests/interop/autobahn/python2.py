"""Lets Python 3 import the modules of the Autobahn testsuite, which are written in Python 2.

Python 2 keeps bytes in strings. Here a string of theirs stays one, with a character below 256 for each byte: their files
are read as Latin-1, so that also a literal in UTF-8 becomes its bytes. What has to be bytes is made so at the seam to the
autobahn library, in fuzz.py.
"""

import importlib.abc
import importlib.util
import os
import re
import sys
import types

CHANGES = [
    (r"^#.*coding[:=].*$", ""),
    (r"^from case9_9_1 import \*$", ""),
    (r"^from (case\w*|report) import", r"from .\1 import"),
    (r"^( *)print (.*)$", r"\1print(\2)"),
    (r"\.has_key\(", ".__contains__("),
    (r"\bxrange\(", "range("),
    (r"\(object, Case, \)", "(Case, )"),
    (r"^from twisted.internet import reactor, ssl$", "from twisted.internet import reactor"),
    (r" / self\.p\.autoFragmentSize", " // self.p.autoFragmentSize"),
    (r"binascii\.b2a_hex\(", "(lambda s: (s.encode('latin-1') if isinstance(s, str) else s).hex())("),
]


def converted(text):
    for old, new in CHANGES:
        text = re.sub(old, new, text, flags=re.MULTILINE)
    return text


class _Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, package, folder):
        self.package, self.folder = package, folder

    def find_spec(self, name, path=None, target=None):
        if not name.startswith(self.package + "."):
            return None
        place = os.path.join(self.folder, *name.split(".")[1:])
        is_package = os.path.isdir(place)
        place = os.path.join(place, "__init__.py") if is_package else place + ".py"
        if not os.path.exists(place):
            return None
        return importlib.util.spec_from_file_location(
            name, place, loader=self, submodule_search_locations=[os.path.dirname(place)] if is_package else None)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        with open(module.__file__, encoding="latin-1") as file:
            exec(compile(converted(file.read()), module.__file__, "exec"), module.__dict__)


def offer(package, version):
    """Makes the modules of an installed package importable. Its own beginning is skipped, as it would import all of it."""
    folder = next(os.path.join(place, package) for place in sys.path if os.path.isdir(os.path.join(place, package)))
    module = types.ModuleType(package)
    module.__path__ = [folder]
    module.version = version
    sys.modules[package] = module
    sys.meta_path.insert(0, _Importer(package, folder))

    # The looks of reports in HTML, which are not made.
    report = types.ModuleType(package + ".report")
    report.CSS_COMMON = report.CSS_DETAIL_REPORT = report.CSS_MASTER_REPORT = report.JS_MASTER_REPORT = ""
    sys.modules[report.__name__] = report

    resources = types.ModuleType("pkg_resources")
    resources.resource_filename = lambda _, name: os.path.join(folder, name)
    sys.modules["pkg_resources"] = resources
