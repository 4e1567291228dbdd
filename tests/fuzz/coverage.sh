#!/usr/bin/env bash
# Replays the corpora and prints how much of each file that reads what peers send they reach. Ends with 1 when it is
# less than 90 % of the lines of one of them.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
least=90
readers=(
  src/protocol/{channel_id,json_parse,message_reader,number,parser,plain_message,text_repair}.cpp
  src/protocol/{sax,utf8}.hpp
  src/rules/{document,pattern_fault,reader,spelling,tree_reader}.cpp
  src/filters/{json_filter,no_markup,no_scripts,safe_tag,script_url,shape_check,shape_reader}.cpp
  src/extensions/{acknowledge,binary,timesync,z85}.cpp
  src/bus/{peer_network,request}.cpp
  transports/http/{batch,callback_polling,cookie,cors,event_source,form,origin,page,text,visitors}.cpp
  transports/asio/{request_parser,request_rules,static_files}.cpp
  transports/websocket/frames/{extension_offer,frame_reader,frame_stream,negotiation,utf8}.cpp
)

cmake/install_packages.sh build tests fuzz python3
cmake --preset coverage >/dev/null
cmake --build build/coverage --target replays
profiles=build/coverage/profiles
rm -rf "$profiles"
mkdir -p "$profiles"
objects=()
for program in build/coverage/tests/fuzz/replay_*; do
  name=${program##*/replay_}
  LLVM_PROFILE_FILE=$profiles/$name.profraw "$program" "tests/fuzz/corpus/$name" >/dev/null
  objects+=(-object "$program")
done
llvm-profdata merge -o "$profiles/all" "$profiles"/*.profraw
llvm-cov export -summary-only -instr-profile "$profiles/all" "${objects[@]:1}" "${readers[@]/#/$PWD/}" |
  python3 tests/fuzz/coverage.py "$least" "$PWD" "${readers[@]}"
