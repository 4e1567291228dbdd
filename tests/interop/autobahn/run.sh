#!/usr/bin/env bash
# Runs cases of the Autobahn testsuite against a server that echoes: run.sh <folder of install.sh> <folder for reports>
# <program> [options of fuzz.py...]. The program says on its first line where it listens.
set -euo pipefail
suite=$1 reports=$2 program=$3
shift 3

coproc "$program"
pid=$COPROC_PID
trap 'kill "$pid" 2>/dev/null || true' EXIT
read -r line <&"${COPROC[0]}"
"$suite/bin/python3" -B "$(dirname "$(realpath "$0")")/fuzz.py" "${line##* }" "$reports" "$@"
