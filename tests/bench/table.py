#!/usr/bin/env python3
"""Measures the bus against the floor, prints a table, and writes it as JSON.

It ends with 0 when everything was measured and nothing was missed, also when a row falls short of what it is to reach.
"""

import argparse
import datetime
import json
import os
import platform
import sys

sys.dont_write_bytecode = True  # The source tree stays as it is.

from programs import Programs
from rows import CHECK, FULL, HELD_BY, QUICK, ROWS


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", default="build/release/tests/bench", help="the folder of the programs")
    parser.add_argument("--json", default="build/bench/table.json", help="where to write the table")
    parser.add_argument("--only", action="append", metavar="ROW", choices=[row.name for row in ROWS])
    parser.add_argument("--rounds", type=int, help="how often bus and floor are measured in turn")
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: figures to work with, not to show")
    parser.add_argument("--check", action="store_true", help="as small as can be: only whether everything arrives")
    parser.add_argument("--realtime", action="store_true", help="in front of all other processes; needs root")
    return parser.parse_args()


def verdict(row):
    if row.get("wrong"):
        return "WRONG: " + row["wrong"]
    value = row["ratio"] if row.get("of_floor") else row["figure"]
    over = value / row["reach"] - 1 if row["better"] == "less" else 1 - value / row["reach"]
    found = "ok" if over <= 0 else f"short by {over * 100:.1f} %"
    return found + (f" (saturated: {', '.join(row['saturated'])})" if row.get("saturated") else "")


def number(value):
    return "" if value is None else f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def cells(row):
    limit = "at most" if row["better"] == "less" else "at least"
    reach = f"{limit} {number(row['reach'])} " + ("x floor" if row.get("of_floor") else row["unit"])
    figure = f"{number(row['figure'])} {row['unit']}"
    floor = f"{number(row['floor'])} {row['unit']}" if "floor" in row else ""
    return [row["what"], reach, figure, floor, number(row.get("ratio")), row["verdict"]]


def beside(row):
    def text(value):
        return " / ".join(number(part) for part in value) if isinstance(value, list) else number(value)

    return ", ".join(f"{name} {text(value)}" for name, value in row["beside"].items())


def print_table(rows):
    lines = [["what", "reach", "figure", "floor", "ratio", "verdict"]] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line, row in zip(lines, [None] + rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if row is None:
            print("  ".join("-" * width for width in widths))
    short = [row["name"] for row in rows if row["verdict"].startswith("short") and row["name"] in HELD_BY]
    if short:
        print("\nWhat holds the rows that fall short:")
    for name in short:
        print(f"  {name}: {HELD_BY[name]}")
    print("\nBeside (bus / floor where there are two):")
    for row in rows:
        print(f"  {row['name']}: {beside(row)}")


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write_json(path, rows, quick):
    table = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "kernel": platform.release()},
        "quick": quick,
        "rows": rows,
    }
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(table, file, indent=1)


def main():
    arguments = parse_arguments()
    scale = CHECK if arguments.check else QUICK if arguments.quick else FULL
    if arguments.rounds:
        scale.rounds = arguments.rounds
    programs = Programs(arguments.programs, arguments.realtime, alone=not arguments.check)
    rows = []
    for measurement in ROWS:
        if arguments.only and measurement.name not in arguments.only:
            continue
        print(f"measuring {measurement.name} ...", flush=True)
        rows += measurement.measure(programs, scale)
    for row in rows:
        row["verdict"] = verdict(row)
    print("" if scale is FULL else "\nSmaller and shorter than the rows say: not the figures to show.")
    print_table(rows)
    write_json(arguments.json, rows, scale is not FULL)
    return 1 if any(row.get("wrong") for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
