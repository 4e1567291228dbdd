"""Runs the fuzzing client of the Autobahn testsuite against a server that echoes: fuzz.py <url> <folder for reports> [options].

Ends with 0 if every case passed, or is among the exceptions below.
"""

import argparse
import codecs
import collections
import contextlib
import io
import sys

import python2

python2.offer("autobahntestsuite", "0.8.2")

from autobahn.websocket import protocol

# Cases that may end otherwise than OK, and why.
EXCEPTIONS = {}

PASSED = ("OK", "NON-STRICT", "INFORMATIONAL")


def to_bytes(text):
    return text.encode("latin-1") if isinstance(text, str) else text


def to_text(data):
    return data.decode("latin-1") if isinstance(data, bytes) else data


class Masker:
    """In place of one that handles each byte on its own."""

    def __init__(self, mask):
        self.mask, self.passed = mask, 0

    def pointer(self):
        return self.passed

    def reset(self):
        self.passed = 0

    def process(self, data):
        start = self.passed % 4
        mask = (self.mask * (len(data) // 4 + 2))[start:start + len(data)]
        self.passed += len(data)
        number = int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")
        return number.to_bytes(len(data), "little")


class Validator:
    """In place of one that handles each byte on its own. Nobody asks it where the fault is."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def validate(self, data):
        try:
            self.decoder.decode(to_bytes(data))
        except UnicodeDecodeError:
            return False, False, 0, 0
        return True, self.decoder.getstate()[0] == b"", len(data), 0


protocol.createXorMasker = lambda mask, length=None: Masker(mask)
protocol.Utf8Validator = Validator

from autobahn.websocket import utf8validator

utf8validator.Utf8Validator = Validator

from autobahntestsuite import fuzzing
from autobahntestsuite.case import Cases
from autobahntestsuite.case.case import Case
from twisted.internet import reactor

# Theirs compares what pickle makes of both, which tells objects apart that are equal.
Case.compare = lambda self, one, other: one == other


class Client(fuzzing.FuzzingClientProtocol):
    """The seam: strings of the cases on one side, bytes of the library on the other."""

    def sendFrame(self, opcode, payload="", payload_len=None, **options):
        payload = to_bytes(payload)
        if payload_len is not None:
            payload = (payload * (payload_len // len(payload) + 1))[:payload_len]
        super().sendFrame(opcode=opcode, payload=payload, **options)

    def sendMessage(self, payload, isBinary=False, **options):
        super().sendMessage(to_bytes(payload), isBinary, **options)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(to_bytes(payload), sync)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code, to_bytes(reasonUtf8), isReply)

    def onMessage(self, payload, binary):
        # The cases of compression hash it.
        super().onMessage(payload if hasattr(self.runCase, "TESTDATA") else to_text(payload), binary)

    def onPong(self, payload):
        super().onPong(to_text(payload))

    def logRxOctets(self, data):
        super().logRxOctets(to_text(data))

    def logTxOctets(self, data, sync):
        super().logTxOctets(to_text(data), sync)

    def logRxFrame(self, header, payload):
        super().logRxFrame(header, [to_text(part) for part in payload])

    def logTxFrame(self, header, payload, *options):
        super().logTxFrame(header, to_text(payload), *options)


fuzzing.FuzzingClientProtocol = Client


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("folder", help="for reports, one for each case")
    parser.add_argument("--cases", nargs="+", default=["*"], help="their numbers, with stars")
    parser.add_argument("--rounds", type=int, default=1000, help="of the cases that do the same again and again, at most")
    return parser.parse_args()


def run(options):
    """All that was found out, by case."""
    finished = {}

    class Factory(fuzzing.FuzzingClientFactory):
        def logCase(self, results):
            super().logCase({name: to_text(value) for name, value in results.items()})

        def createReports(self):
            super().createReports(produceHtml=False)
            finished.update(self.cases)

    for case in Cases:
        if hasattr(case, "COUNT"):
            case.COUNT = min(case.COUNT, options.rounds)
    # It says which case it runs; that is of interest where it did not come to its end.
    with contextlib.redirect_stdout(io.StringIO()) as said:
        factory = Factory({"outdir": options.folder, "servers": [{"agent": "server", "url": options.url}], "cases": options.cases})
        reactor.run()
    if len(finished) != len(factory.specCases):
        print(said.getvalue())
        sys.exit(f"only {len(finished)} of {len(factory.specCases)} cases came to their end")
    return {name: case["server"] for name, case in finished.items()}


def main():
    counts = collections.Counter()
    failures = 0
    for name, case in run(parse()).items():
        counts[case["behavior"]] += 1
        for part, why in (("behavior", "result"), ("behaviorClose", "resultClose")):
            if case[part] in PASSED:
                continue
            expected = name in EXCEPTIONS
            failures += not expected
            print(f"{name} {case[part]}: {case[why]}" + (f" As expected: {EXCEPTIONS[name]}" if expected else ""))
    print(", ".join(f"{behavior}: {count}" for behavior, count in sorted(counts.items())))
    sys.exit(failures > 0 or not counts)


main()
