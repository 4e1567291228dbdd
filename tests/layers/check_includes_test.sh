#!/usr/bin/env bash
# A check that cannot fail is worth nothing: each breach, alone in a small tree, must be found and named.
set -euo pipefail
check=$(realpath "$(dirname "$0")/check_includes.sh")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# try <passes|breaches> <file> <what it includes>
try() {
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/$(dirname "$2")" "$tree"/{include/bayeux,src/engine,src/bus,src/protocol,transports/asio,transports/http}
  touch "$tree"/{src/engine/shard.hpp,src/bus/core.hpp,src/protocol/parser.hpp,transports/asio/socket.hpp}
  printf '#include <vector>\n#include %s\n' "$3" >"$tree/$2"
  local output status=passes
  output=$("$check" "$tree") || status=breaches
  if [[ $status != "$1" || ($1 == breaches && $output != *"$2:2: may not include $3"*) ]]; then
    echo "$2 with $3: expected $1, got $status: $output"
    failures=$((failures + 1))
  fi
}

try passes include/bayeux/a.hpp '<bayeux/b.hpp>'
try breaches include/bayeux/a.hpp '<rapidjson/document.h>'
try breaches include/bayeux/a.hpp '<fmt/format.h>'
try breaches include/bayeux/a.hpp '<asio.hpp>'
try breaches include/bayeux/a.hpp '<bayeux/transports/http.hpp>'
try breaches include/bayeux/a.hpp '"../../src/engine/shard.hpp"'
try passes src/protocol/a.cpp '<rapidjson/document.h>'
try breaches src/protocol/a.cpp '"engine/shard.hpp"'
try passes src/engine/a.cpp '"shard.hpp"'
try breaches src/engine/a.cpp '"protocol/parser.hpp"'
try breaches src/engine/a.cpp '"../bus/core.hpp"'
try breaches src/engine/a.cpp '<fmt/format.h>'
try passes src/bus/a.cpp '"engine/shard.hpp"'
try breaches src/bus/a.cpp '<rapidjson/document.h>'
try breaches src/filters/a.cpp '"bus/core.hpp"'
try passes src/filters/a.cpp '<re2/re2.h>'
try breaches src/bus/a.cpp '<re2/re2.h>'
try breaches transports/http/a.cpp '"bus/core.hpp"'
try breaches transports/http/a.cpp '<asio/post.hpp>'
try breaches transports/http/a.cpp '"asio/socket.hpp"'
try passes transports/asio/a.cpp '<asio/post.hpp>'
try breaches transports/asio/a.cpp '"../../src/engine/shard.hpp"'
try passes examples/a.cpp '<bayeux/bayeux.hpp>'
try breaches examples/a.cpp '"../src/bus/core.hpp"'
try breaches src/engine/a.cpp '"nowhere.hpp"'
try breaches src/nobody/a.cpp '<bayeux/b.hpp>'

echo "$failures failures"
[[ $failures -eq 0 ]]
