#!/usr/bin/env bash
# Installs the Autobahn testsuite from PyPI into a folder, where it is missing there or older than requirements.txt.
# Without dependencies, as the suite names some for things that are not used here, which cannot be installed any more.
set -euo pipefail
folder=$(realpath -m "$1")
cd "$(dirname "$(realpath "$0")")"
[[ $folder/installed -nt requirements.txt ]] && exit 0

echo "Installing the Autobahn testsuite" >&2
python3 -m venv "$folder"
if ! output=$("$folder/bin/python3" -m pip install --quiet --no-deps --requirement requirements.txt 2>&1); then
  echo "$output" >&2
  exit 1
fi
touch "$folder/installed"
