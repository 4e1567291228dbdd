#!/usr/bin/env bash
# Installs, on Debian, what is missing for some needs:
# install_packages.sh [build] [beast] [restinio] [httplib] [microhttpd] [tests] [docs] [package] [node] [browser] [proxies]
#   [python3] [python] [fuzz]
# Looks for the things themselves, not for packages, so that a compiler or a Node from elsewhere counts; where nothing is
# missing it does nothing at all, without root and without the network.
set -euo pipefail

missing=()
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
have_command() { command -v "$1"; }
have_server() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$1"; }
have_header() {
  local name folder
  for name in "$@"; do
    for folder in ${CPATH//:/ } /usr/include /usr/local/include /usr/share/include; do
      [[ -e $folder/$name ]] && return 0
    done
  done
  return 1
}
have_file() { compgen -G "$1"; }
CPATH=${CPATH:-}

for want in "$@"; do
  case $want in
    build)
      need g++ have_command "${CXX:-g++}"
      need cmake have_command cmake
      need ninja-build have_command ninja
      need libasio-dev have_header asio.hpp
      need rapidjson-dev have_header rapidjson/document.h
      need libfmt-dev have_header fmt/format.h
      need libre2-dev have_header re2/re2.h
      need libwslay-dev have_header wslay/wslay.h
      need libssl-dev have_header openssl/ssl.h
      need zlib1g-dev have_header zlib.h
      need node-llhttp have_header llhttp.h llhttp/llhttp.h
      ;;
    beast) need libboost-dev have_header boost/beast.hpp ;;
    restinio)
      need librestinio-dev have_header restinio/all.hpp
      need libhttp-parser-dev have_header http_parser.h
      ;;
    httplib)
      need libcpp-httplib-dev have_header httplib.h
      need pkg-config have_command pkg-config
      ;;
    microhttpd) need libmicrohttpd-dev have_header microhttpd.h ;;
    tests) need catch2 have_header catch2/catch.hpp catch2/catch_all.hpp ;;
    package)
      need pkg-config have_command pkg-config
      need dpkg-dev have_command dpkg-shlibdeps
      need file have_command file
      ;;
    docs) need doxygen have_command doxygen ;;
    node)
      need nodejs have_command node
      need npm have_command npm
      need ca-certificates have_file '/etc/ssl/certs/*'
      ;;
    browser)
      need chromium have_command chromium
      need openssl have_command openssl
      need fonts-dejavu-core have_file '/usr/share/fonts/*'
      ;;
    proxies)
      need nginx-light have_server nginx
      need haproxy have_server haproxy
      need openssl have_command openssl
      ;;
    fuzz)
      need clang have_command clang++
      need llvm have_command llvm-cov
      need libclang-rt-dev have_file "$(clang++ -print-resource-dir 2>/dev/null)/lib/*/libclang_rt.fuzzer*"
      ;;
    python3) need python3 have_command python3 ;;
    python) need python3-venv python3 -c 'import ensurepip, venv' ;;
    *) echo "install_packages.sh: what is '$want'?" >&2; exit 2 ;;
  esac
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing, and there is no sudo; as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  root=(sudo)
fi
if ! command -v apt-get >/dev/null; then
  echo "Missing, and this is not Debian; please install what Debian calls: ${missing[*]}" >&2
  exit 1
fi
echo "Installing ${missing[*]}" >&2
# Tests start the servers that they need themselves: those of the packages are not to be started as well.
guard=/usr/sbin/policy-rc.d
if [[ ! -e $guard ]]; then
  trap '"${root[@]}" rm -f "$guard"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$guard" >/dev/null
  "${root[@]}" chmod 755 "$guard"
fi
"${root[@]}" apt-get -qq update
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
