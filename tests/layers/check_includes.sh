#!/usr/bin/env bash
# Who may include whom: check_includes.sh <source root>. Names every breach as file:line and fails if there is one.
set -euo pipefail
cd "$1"

# Folder or file | kinds of header that it may include. The first line that matches counts; a kind is one of
# std, a third party's name, or the folder of ours in which the header lies.
rules=$(
  cat <<'TABLE'
include/bayeux                                     | std include
src/protocol                                       | std include src/protocol rapidjson fmt
src/engine                                         | std include src/engine
src/bus                                            | std include src/protocol src/engine src/bus
src/extensions                                     | std include
src/filters                                        | std include re2
src/rules                                          | std include src/rules rapidjson
transports/include/bayeux/transports/adapters      | std include transports/include asio third-party
transports/include                                 | std include transports/include
transports/asio                                    | std include transports/include transports asio llhttp fmt openssl zlib
transports/websocket/frames                        | std include transports/include transports wslay zlib openssl
transports                                         | std include transports/include transports fmt
examples/09_beast.cpp                              | std include transports/include examples third-party
examples/10_restinio.cpp                           | std include transports/include examples third-party asio
examples/11_httplib.cpp                            | std include transports/include examples third-party
examples/12_microhttpd.cpp                         | std include transports/include examples third-party
examples                                           | std include transports/include examples
TABLE
)

# The functions answer in variables: a subshell for each include would take most of the time.

# room: in which folder of the table a file of ours lies; transports/asio is nobody else's business.
find_room() {
  case $1 in
    include/bayeux/*) room=include ;;
    transports/include/*) room=transports/include ;;
    transports/asio/*) room=transports/asio ;;
    transports/*) room=transports ;;
    examples/*) room=examples ;;
    src/*/*) room=${1#src/} room=src/${room%%/*} ;;
    *) room=outside ;;
  esac
}

# kind: that of the header $2 ("..." or <...>) which the file $1 includes.
find_kind() {
  local name=${2:1:-1} folder path room
  if [[ $2 == '"'* ]]; then
    kind=missing
    for folder in "${1%/*}" src transports; do
      path=$folder/$name
      [[ -f $path ]] || continue
      [[ $path == *..* ]] && path=$(realpath -ms --relative-to=. "$path")
      find_room "$path"
      kind=$room
      return
    done
    return
  fi
  case $name in
    bayeux/transports/*) kind=transports/include ;;
    bayeux/*) kind=include ;;
    asio.hpp | asio/*) kind=asio ;;
    httplib.h | microhttpd.h) kind=third-party ;;
    fmt/*) kind=fmt ;;
    rapidjson/*) kind=rapidjson ;;
    llhttp.h) kind=llhttp ;;
    re2/*) kind=re2 ;;
    wslay/*) kind=wslay ;;
    zlib.h) kind=zlib ;;
    openssl/*) kind=openssl ;;
    sys/*.h | netinet/*.h | arpa/*.h) kind=std ;;
    */* | *.hpp) kind=third-party ;;
    *) kind=std ;;
  esac
}

# kinds: what the file $1 may include.
find_kinds() {
  local folder row
  kinds=std
  while IFS='|' read -r folder row; do
    folder=${folder%%[[:space:]]*}
    [[ $1 == "$folder" || $1 == "$folder"/* ]] && { kinds=$row; return; }
  done <<<"$rules"
  return 0
}

breaches=0
checked=0
previous=
while IFS=: read -r file line text; do
  [[ $text =~ ^[[:space:]]*#[[:space:]]*include[[:space:]]*(\<[^\>]+\>|\"[^\"]+\") ]] || continue
  header=${BASH_REMATCH[1]}
  if [[ $file != "$previous" ]]; then
    find_kinds "$file"
    find_room "$file"
    previous=$file
  fi
  find_kind "$file" "$header"
  checked=$((checked + 1))
  if [[ " $kinds " != *" $kind "* && $kind != "$room" ]]; then
    echo "$file:$line: may not include $header ($kind); allowed:$kinds"
    breaches=$((breaches + 1))
  fi
done < <(grep -rnE --include='*.hpp' --include='*.cpp' --include='*.h' --include='*.c' '^[[:space:]]*#[[:space:]]*include' \
  $(ls -d include src transports examples 2>/dev/null) | grep -v '/node_modules/')

echo "$checked includes, $breaches breaches"
[[ $checked -gt 0 && $breaches -eq 0 ]]
