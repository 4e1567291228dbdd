#!/usr/bin/env bash
# A consumer from nothing to its exit code: run.sh installed|subdirectory <our build> <work folder> [cmake options...]
set -euo pipefail
kind=$1 build=$2 work=$3
shift 3
source=$(realpath "$(dirname "$0")/$kind")
rm -rf "$work"
mkdir -p "$work"

if [[ $kind == installed ]]; then
  cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
  set -- "$@" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
fi
cmake -S "$source" -B "$work/build" "$@"
cmake --build "$work/build" --parallel 2 --target consumer
"$work/build/consumer"
if [[ $kind == installed ]] && grep -rIl -e "$(realpath "$build")" "$work/prefix"; then
  echo "the files above name the build folder: they are of no use elsewhere"
  exit 1
fi
