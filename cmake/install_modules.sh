#!/usr/bin/env bash
# Installs the npm packages that the package.json of a folder names, where they are missing or older than that file.
# There is no lock file: it would name the registry of whoever wrote it. package.json pins exact versions instead.
set -euo pipefail
cd "$1"
[[ node_modules/.package-lock.json -nt package.json ]] && exit 0

echo "Installing npm packages in ${PWD##*/}" >&2
if ! output=$(npm install --no-package-lock --no-audit --no-fund --loglevel=error 2>&1); then
  echo "$output" >&2
  exit 1
fi
touch node_modules/.package-lock.json
