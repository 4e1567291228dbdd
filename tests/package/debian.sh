#!/usr/bin/env bash
# Packs, looks at what was packed, and installs it into a root of its own: debian.sh <our build> <work folder>
# The package lies in <work folder>/root afterwards. Needs neither root nor the system's own list of packages.
set -euo pipefail
build=$1 work=$2

fail() {
  echo "$*" >&2
  exit 1
}

# The archives of a debug build are large: without compression this takes a second.
cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work/cpack" -D CPACK_DEBIAN_COMPRESSION_TYPE=none >"$work/cpack.log"
package=$(echo "$work"/cpack/libbayeux-dev_*.deb)
[[ -f $package ]] || fail "cpack made no package: $(cat "$work/cpack.log")"

field() { dpkg-deb --field "$package" "$1"; }
[[ $(field Section) == libdevel ]] || fail "it is in section $(field Section)"
[[ $(field Maintainer) == *'<'*@*'>' ]] || fail "its maintainer has no address: $(field Maintainer)"
[[ $(field Description) == *"the headers and libraries to build with it."* ]] || fail "it does not say what it is"
contents=$(dpkg-deb --contents "$package")
for file in include/bayeux/bayeux.hpp share/doc/libbayeux-dev/copyright share/doc/libbayeux-dev/changelog.Debian.gz; do
  grep -q " \./usr/$file\$" <<<"$contents" || fail "it lacks $file"
done
if grep -E ' \./(usr/local|root|home|tmp)' <<<"$contents"; then
  fail "the files above are in the wrong place"
fi

# What it depends on was there when it was built; so each name has to be one that this system knows.
field Depends | sed 's/|[^,]*//g' | tr ',' '\n' | while read -r name _; do
  dpkg-query --show --showformat '${Status}\n' "$name" 2>/dev/null | grep -q installed || fail "it depends on $name"
done

admin=$work/root/var/lib/dpkg
mkdir -p "$admin"/{info,updates,triggers}
touch "$admin/status"
run_dpkg() {
  dpkg --root="$work/root" --force-not-root --force-script-chrootless --force-depends --log=/dev/null "$@"
}
run_dpkg --install "$package" >"$work/dpkg.log" 2>&1 || fail "$(cat "$work/dpkg.log")"
run_dpkg --purge libbayeux-dev >>"$work/dpkg.log" 2>&1 || fail "$(cat "$work/dpkg.log")"
left=$(find "$work/root/usr" -type f 2>/dev/null || true)
[[ -z $left ]] || fail "it leaves behind: $left"
run_dpkg --install "$package" >>"$work/dpkg.log" 2>&1 || fail "$(cat "$work/dpkg.log")"
