#!/usr/bin/env bash
# A consumer from nothing to its exit code: run.sh <kind> <our build> <work folder> <components> [options of cmake...]
# install lays down the tree that installed and pkg_config use.
set -euo pipefail
kind=$1 build=$2 work=$3 components=$4
shift 4
here=$(realpath "$(dirname "$0")")
root=$(realpath "$here/../..")
prefix=$(dirname "$work")/prefix
options=("$@" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF "-DCONSUMER_COMPONENTS=$components")

fail() {
  echo "$*" >&2
  exit 1
}

# build_consumer <folder of its project> [options of cmake...]: configures, builds, runs.
build_consumer() {
  cmake --no-warn-unused-cli -S "$here/$1" -B "$work/build" "${options[@]}" "${@:2}"
  cmake --build "$work/build" --parallel 2 --target consumer
  "$work/build/consumer"
}

# refuses <what it has to say> <options of cmake...>: the consumer above cannot be configured like that.
refuses() {
  if cmake "$work/build" "${@:2}" >"$work/refusal.log" 2>&1; then
    fail "configured, in spite of ${*:2}"
  fi
  tr -s '\n ' ' ' <"$work/refusal.log" | grep -qF "$1" || fail "did not say '$1': $(cat "$work/refusal.log")"
}

# plain_consumer <folder of the .pc files>: without CMake, both as pkg-config writes it for archives and without --static.
plain_consumer() {
  local modules=(bayeux) flags static
  [[ $components == *asio_server* ]] && modules+=(bayeux-asio-server) && flags+=" -DCONSUMER_HAS_ASIO"
  [[ $components == *re2* ]] && modules+=(bayeux-re2) && flags+=" -DCONSUMER_HAS_RE2"
  export PKG_CONFIG_PATH=$1
  # shellcheck disable=SC2046,SC2086
  "${CXX:-c++}" -std=c++20 $flags $(pkg-config --cflags "${modules[@]}") -c "$here/consumer.cpp" -o "$work/consumer.o"
  for static in "" --static; do
    # shellcheck disable=SC2046,SC2086
    "${CXX:-c++}" "$work/consumer.o" $(pkg-config --libs $static "${modules[@]}") -o "$work/consumer$static"
    "$work/consumer$static"
  done
}

rm -rf "$work"
mkdir -p "$work"
case $kind in
  install)
    rm -rf "$prefix"
    cmake --install "$build" --prefix "$prefix" >"$work/install.log"
    if grep -rIl -e "$(realpath "$build")" "$prefix"; then
      fail "the files above name the build folder: they are of no use elsewhere"
    fi
    ;;
  installed)
    build_consumer installed -DCMAKE_PREFIX_PATH="$prefix"
    refuses "built without amqp. It has:" -DCONSUMER_COMPONENTS=amqp
    if [[ $components == *re2* ]]; then
      refuses "bayeux::re2 needs RE2, which was not found" -DCONSUMER_COMPONENTS=re2 -DCMAKE_DISABLE_FIND_PACKAGE_RE2=ON
      cmake "$work/build" -DCONSUMER_COMPONENTS= >"$work/without.log"
      grep -qF "bayeux::re2 needs RE2, which was not found" "$work/without.log" || fail "says not why bayeux::re2 is missing"
    fi
    ;;
  pkg_config)
    plain_consumer "$(dirname "$(find "$prefix" -name bayeux.pc)")"
    ;;
  subdirectory)
    build_consumer subdirectory
    cmake --install "$work/build" --prefix "$work/prefix"
    laid=$(cd "$work/prefix" && find . -type f)
    [[ $laid == ./bin/consumer ]] || fail "an embedder installs what he did not ask for: $laid"
    ;;
  summary)
    lacking() { cmake -S "$root" -B "$work/build" -DBAYEUX_TESTS=OFF -DBAYEUX_EXAMPLES=OFF "${options[@]}" "$@" 2>&1; }
    lacking -DCMAKE_DISABLE_FIND_PACKAGE_{wslay,RE2}=ON >"$work/log" || fail "$(cat "$work/log")"
    for line in "  no WebSocket: wslay was not found (Debian: libwslay-dev)" \
      "no bayeux::re2: RE2 was not found (Debian: libre2-dev)"; do
      [[ $(grep -cxF -e "--   $line" "$work/log") == 1 ]] || fail "does not say once: $line: $(cat "$work/log")"
    done
    lacking -DCMAKE_DISABLE_FIND_PACKAGE_Asio=ON >"$work/log" || fail "$(cat "$work/log")"
    grep -qF "no bayeux::asio_server: Asio 1.22 was not found (Debian: libasio-dev)" "$work/log" || fail "$(cat "$work/log")"
    lacking -DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON >"$work/log" && fail "configured without fmt"
    grep -qF "bayeux needs fmt 9, which was not found (Debian: libfmt-dev)" "$work/log" || fail "$(cat "$work/log")"
    ;;
  fetch_content)
    tar -C "$root" -czf "$work/bayeux.tar.gz" --exclude=node_modules --transform 's,^,bayeux/,' \
      CMakeLists.txt cmake include src transports
    cmake -S "$here/fetch_content" -B "$work/build" "${options[@]}" -DCONSUMER_ARCHIVE="$work/bayeux.tar.gz"
    ;;
  deb)
    "$here/debian.sh" "$build" "$work"
    build_consumer installed -DCMAKE_PREFIX_PATH="$work/root/usr"
    ;;
  vcpkg)
    cmake -D PORT_FOLDER="$root/cmake/packaging/vcpkg" -D SOURCE="$root" -D BUILD="$build" -D WORK="$work" \
      -D "COMPONENTS=$components" -P "$here/vcpkg.cmake"
    cmake --no-warn-unused-cli -S "$here/installed" -B "$work/build" "${options[@]}" -DCMAKE_PREFIX_PATH="$work/packages"
    ;;
  *) fail "run.sh: what is '$kind'?" ;;
esac
