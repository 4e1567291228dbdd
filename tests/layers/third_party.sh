#!/usr/bin/env bash
# What a user of the library compiles with it: third_party.sh <compiler> <source root> [further header...]
# Names every header that our public ones pull in and that is neither ours nor part of the standard library. The adapters are
# left out: who includes one has its stack.
set -euo pipefail
compiler=$1 root=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Not <execution>: libstdc++ takes TBB for it, where that is installed.
standard="algorithm any array atomic barrier bit bitset charconv chrono codecvt compare complex concepts condition_variable
  coroutine deque exception filesystem format forward_list fstream functional future initializer_list iomanip ios iosfwd iostream
  istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue random
  ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf
  string string_view syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility
  valarray variant vector version
  cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring
  ctime cuchar cwchar cwctype"
for header in $standard; do
  printf '#if __has_include(<%s>)\n#include <%s>\n#endif\n' "$header" "$header"
done >"$folder/standard.cpp"

for place in include transports/include; do
  (cd "$root/$place" && find bayeux -name '*.hpp' -not -path '*/adapters/*')
done | sort | cat - <(printf '%s\n' "$@") | sed '/./!d; s/.*/#include <&>/' >"$folder/ours.cpp"

# The files that a source pulls in, one in a line, by their real names.
pulled() {
  "$compiler" -std=c++20 -I "$root/include" -I "$root/transports/include" -M "$folder/$1.cpp" |
    tr -s ' \\' '\n' | grep '^/' | grep -v "^$folder" | xargs realpath | sort -u
}
pulled standard >"$folder/standard"
pulled ours >"$folder/ours"
strange=$(comm -13 "$folder/standard" "$folder/ours" | grep -v "^$(realpath "$root")/" || true)
echo "$(wc -l <"$folder/ours") headers, $(grep -c . <<<"$strange" || true) of others"
[[ -s $folder/ours && -z $strange ]] || { echo "$strange"; exit 1; }
