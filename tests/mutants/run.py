#!/usr/bin/env python3
"""Breaks the code on purpose, one way after the other, and sees whether the tests notice.

run.py [options] [mutant...]

Ends with 0 when every mutant was caught; what the tests said is in build/mutants/said. README.md says what a mutant is.
"""
import argparse
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from mutant import Fault, read_all  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
TREE = ROOT / "build" / "mutants" / "tree"
SAID = ROOT / "build" / "mutants" / "said"
# A mutant may wait for what never comes: so many seconds, or so many times as long as the test takes otherwise.
PATIENCE = 20
TIMES = 10


def run(command, **options):
    return subprocess.run(command, cwd=TREE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)


def copy_tree():
    """Makes TREE what the working tree is, and leaves alone what is the same, so that little is built anew."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
    wanted = {name for name in names if name and (ROOT / name).is_file()}
    for name in wanted:
        source, target = ROOT / name, TREE / name
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        shutil.copymode(source, target)
    for path in TREE.rglob("*"):
        name = path.relative_to(TREE).as_posix()
        if path.is_file() and not name.startswith("build/") and name not in wanted:
            path.unlink()


def configure(preset):
    command = ["cmake", "--preset", preset]
    if shutil.which("ccache"):
        command += [f"-DCMAKE_{language}_COMPILER_LAUNCHER=ccache" for language in ("C", "CXX")]
    result = run(command)
    if result.returncode != 0:
        sys.exit(f"{result.stdout}\nthe copy could not be configured")


def build(preset, programs, jobs):
    """What the compiler says where it fails; nothing when it does not."""
    result = run(["cmake", "--build", f"build/{preset}", "--parallel", str(jobs), "--target", *programs])
    return result.stdout if result.returncode != 0 else None


def find(preset, program):
    for path in (TREE / "build" / preset / "tests").rglob(program):
        if path.is_file() and os.access(path, os.X_OK):
            return path
    sys.exit(f"there is no program {program} in the tests of preset {preset}")


def notices(preset, test, patience):
    """Whether this test fails, and what it says."""
    try:
        result = run([find(preset, test[0]), *test[1:]], timeout=patience)
    except subprocess.TimeoutExpired:
        return True, "it did not end"
    if result.returncode != 0 and "No test cases matched" in result.stdout:
        sys.exit(f"there is no test such as {' '.join(test)}")
    return result.returncode != 0, result.stdout


def prepare(mutants, jobs):
    """Builds what is needed, and sees that it passes as long as nothing is broken. Gives how long each may take."""
    patience = {}
    for preset in sorted({mutant.preset for mutant in mutants}):
        configure(preset)
        chosen = [mutant for mutant in mutants if mutant.preset == preset]
        wrong = build(preset, sorted({test[0] for mutant in chosen for test in mutant.tests}), jobs)
        if wrong:
            sys.exit(f"{wrong}\nthe tests could not be built before anything was broken")
        for test in sorted({test for mutant in chosen for test in mutant.tests}):
            begin = time.monotonic()
            failed, said = notices(preset, test, 600)
            patience[preset, test] = max(PATIENCE, TIMES * (time.monotonic() - begin))
            if failed or "No tests ran" in said:
                sys.exit(f"{said}\n{' '.join(test)} fails before anything was broken, or runs nothing")
    return patience


def try_out(mutant, patience, jobs):
    """Breaks the copy, and mends it again. Says how it went, in a word, and by what it was caught."""
    path = TREE / mutant.file
    whole = path.read_text()
    path.write_text(mutant.apply(whole))
    try:
        wrong = build(mutant.preset, sorted({test[0] for test in mutant.tests}), jobs)
        if wrong:
            print(wrong)
            return "does not build", None
        for test in mutant.tests:
            failed, said = notices(mutant.preset, test, patience[mutant.preset, test])
            SAID.mkdir(exist_ok=True)
            (SAID / mutant.name).write_text(said)
            if failed:
                return "caught", test
        return "SURVIVED", None
    finally:
        path.write_text(whole)


def check(mutants):
    """Whether each can still be applied, and README.md knows it: a mutant rots where nobody looks."""
    faults = []
    readme = (FOLDER / "README.md").read_text()
    for mutant in mutants:
        try:
            mutant.apply((ROOT / mutant.file).read_text())
        except (Fault, OSError) as fault:
            faults.append(f"{mutant.name}: {fault}")
        if f"| {mutant.name} |" not in readme:
            faults.append(f"{mutant.name}: README.md does not have it in its table")
    for fault in faults:
        print(fault)
    print(f"{len(mutants)} mutants, {len(faults)} faults")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mutant", nargs="*", help="names, or beginnings of names; all when there is none")
    parser.add_argument("--list", action="store_true", help="say what each breaks, and build nothing")
    parser.add_argument("--check", action="store_true", help="see whether each can be applied, and build nothing")
    parser.add_argument("--table", action="store_true", help="print the table of README.md, and build nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many compilers run at once")
    parser.add_argument("--preset", help="only those of this preset of CMake")
    options = parser.parse_args()
    try:
        mutants = read_all(FOLDER)
    except Fault as fault:
        sys.exit(str(fault))
    if options.mutant:
        mutants = [each for each in mutants if any(each.name.startswith(name) for name in options.mutant)]
    if options.preset:
        mutants = [each for each in mutants if each.preset == options.preset]
    if not mutants:
        sys.exit("there is no such mutant")
    if options.list:
        for each in mutants:
            print(f"{each.name:<34} {each.breaks}")
        return 0
    if options.table:
        for each in mutants:
            print(f"| {each.name} | {each.breaks} | {each.caught_by()} |")
        return 0
    if options.check:
        return check(mutants)

    copy_tree()
    patience = prepare(mutants, options.jobs)
    missed = 0
    for each in mutants:
        begin = time.monotonic()
        result, test = try_out(each, patience, options.jobs)
        missed += result != "caught"
        print(f"{each.name:<34} {result:<9} {time.monotonic() - begin:>5.0f} s  {' '.join(test or ())}", flush=True)
    print(f"{len(mutants) - missed} of {len(mutants)} were caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
