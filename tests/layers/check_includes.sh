#!/usr/bin/env bash
# Who may include whom: check_includes.sh <source root>. Names every breach as file:line and fails if there is one.
set -euo pipefail
cd "$1"

# folder pattern | kinds of header that it may include. The first line that matches a folder counts; a kind is one of
# std, a third party's name, or the folder of ours in which the header lies.
rules() {
  cat <<'TABLE'
include/bayeux                                     | std include
src/protocol                                       | std include src/protocol rapidjson fmt
src/engine                                         | std include src/engine
src/bus                                            | std include src/protocol src/engine src/bus
src/extensions                                     | std include
src/filters                                        | std include
transports/include/bayeux/transports/adapters      | std include transports/include asio third-party
transports/include                                 | std include transports/include
transports/asio                                    | std include transports/include transports asio llhttp fmt
transports                                         | std include transports/include transports fmt wslay zlib
examples                                           | std include transports/include examples
TABLE
}

# In which folder of the table a file of ours lies; transports/asio is nobody else's business.
room_of() {
  case $1 in
    include/bayeux/*) echo include ;;
    transports/include/*) echo transports/include ;;
    transports/asio/*) echo transports/asio ;;
    transports/*) echo transports ;;
    examples/*) echo examples ;;
    src/*/*) local rest=${1#src/}; echo "src/${rest%%/*}" ;;
    *) echo outside ;;
  esac
}

# The kind of the header $2 ("..." or <...>) that the file $1 includes.
kind_of() {
  local name=${2:1:-1} folder
  if [[ $2 == '"'* ]]; then
    for folder in "$(dirname "$1")" src transports; do
      [[ -f $folder/$name ]] && { room_of "$(realpath -ms --relative-to=. "$folder/$name")"; return; }
    done
    echo missing
    return
  fi
  case $name in
    bayeux/transports/*) echo transports/include ;;
    bayeux/*) echo include ;;
    asio.hpp | asio/*) echo asio ;;
    fmt/*) echo fmt ;;
    rapidjson/*) echo rapidjson ;;
    llhttp.h) echo llhttp ;;
    wslay/*) echo wslay ;;
    zlib.h) echo zlib ;;
    sys/*.h | netinet/*.h | arpa/*.h) echo std ;;
    */* | *.hpp) echo third-party ;;
    *) echo std ;;
  esac
}

allowed_in() {
  local pattern kinds
  while IFS='|' read -r pattern kinds; do
    pattern=${pattern//[[:space:]]/}
    [[ $1 == "$pattern"/* ]] && { echo "$kinds"; return; }
  done < <(rules)
  echo std
}

breaches=0
checked=0
while IFS=: read -r file line text; do
  [[ $text =~ ^[[:space:]]*#[[:space:]]*include[[:space:]]*(\<[^\>]+\>|\"[^\"]+\") ]] || continue
  header=${BASH_REMATCH[1]}
  kind=$(kind_of "$file" "$header")
  kinds=" $(allowed_in "$file") "
  own=$(room_of "$file")
  checked=$((checked + 1))
  if [[ $kinds != *" $kind "* && $kind != "$own" ]]; then
    echo "$file:$line: may not include $header ($kind); allowed:$kinds"
    breaches=$((breaches + 1))
  fi
done < <(grep -rnE --include='*.hpp' --include='*.cpp' --include='*.h' --include='*.c' '^[[:space:]]*#[[:space:]]*include' \
  $(ls -d include src transports examples 2>/dev/null) | grep -v '/node_modules/')

echo "$checked includes, $breaches breaches"
[[ $checked -gt 0 && $breaches -eq 0 ]]
