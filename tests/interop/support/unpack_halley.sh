#!/usr/bin/env bash
# Halley asks for one of its dependencies at a host outside the registry. So package.json names its dependencies, that
# one by its release, and this puts Halley itself beside them. (An override would do, but not for the npm of Debian 12.)
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
npm pack halley@0.7.0 --silent --pack-destination "$folder" >/dev/null
rm -rf node_modules/halley
mkdir -p node_modules/halley
tar -xzf "$folder/halley-0.7.0.tgz" -C node_modules/halley --strip-components=1
