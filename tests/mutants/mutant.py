"""What a mutant is, and how it is read from its file."""
import shlex


class Fault(Exception):
    """A mutant that cannot be read, or not be applied."""


class Mutant:
    def __init__(self, path):
        self.name = path.stem
        head, find, put = self._parts(path.read_text())
        fields = {}
        for line in head.splitlines():
            key, colon, value = line.partition(": ")
            if not colon:
                raise Fault(f"{path}: what is '{line}'?")
            fields.setdefault(key, []).append(value)
        try:
            self.breaks = fields.pop("breaks")[0]
            self.file = fields.pop("file")[0]
            self.tests = [tuple(shlex.split(line)) for line in fields.pop("caught by")]
            self.preset = fields.pop("preset", ["dev"])[0]
        except KeyError as missing:
            raise Fault(f"{path}: there is no {missing}") from None
        if fields:
            raise Fault(f"{path}: what is '{next(iter(fields))}'?")
        self.find, self.put = find, put

    def _parts(self, text):
        head, mark, rest = text.partition("--- find\n")
        find, other, put = rest.partition("--- put\n")
        if not mark or not other:
            raise Fault(f"{self.name}: there is no '--- find' or no '--- put'")
        return head, find.removesuffix("\n"), put.removesuffix("\n")

    def apply(self, text):
        """The file, broken."""
        count = text.count(self.find)
        if count != 1:
            raise Fault(f"{self.file} has the text to find {count} times, not once")
        return text.replace(self.find, self.put)

    def caught_by(self):
        """For people."""
        return ", ".join(f"`{test[0]}`" + "".join(f" *{each}*" for each in test[1:]) for test in self.tests)


def read_all(folder):
    return [Mutant(path) for path in sorted(folder.glob("*.mutant"))]
