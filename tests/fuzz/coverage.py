#!/usr/bin/env python3
"""Prints a table of what `llvm-cov export` says of some files, and ends with 1 when one is covered too little.

coverage.py LEAST ROOT FILE... <summary.json
"""
import json
import sys

# Lines that only the compiler runs.
CONSTEVAL = {"src/protocol/channel_id.cpp": 8}


def main():
    least, root, wanted = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
    files = json.load(sys.stdin)["data"][0]["files"]
    found = {each["filename"].removeprefix(root + "/"): each["summary"]["lines"] for each in files}
    failed = False
    print(f"{'file':<58} {'lines':>6} {'covered':>8}")
    for name in wanted:
        lines = found.get(name)
        if lines is None:
            print(f"{name:<58} {'none':>15}  <- nothing of it runs")
            failed = True
            continue
        lines["count"] -= CONSTEVAL.get(name, 0)
        lines["percent"] = 100 * lines["covered"] / lines["count"]
        low = lines["percent"] < least
        failed = failed or low
        print(f"{name:<58} {lines['count']:>6} {lines['percent']:>7.1f}%{'  <- too little' if low else ''}")
    count = sum(found[name]["count"] for name in wanted if name in found)
    covered = sum(found[name]["covered"] for name in wanted if name in found)
    print(f"{'all':<58} {count:>6} {100 * covered / max(count, 1):>7.1f}%")
    return 1 if failed else 0


sys.exit(main())
