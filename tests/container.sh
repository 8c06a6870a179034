#!/usr/bin/env bash
# tests/container.sh [IMAGE]
# Runs build-layers.sh in a real container and compares its zips with those of --engine none: they must have the same
# SHA-256 and belong to the caller (who is not root). They are built offline from this machine's packages and SDK.
#
# Without IMAGE it makes an image by debootstrap of this machine's Debian release. If Docker is not running, it starts dockerd
# with separate data, no bridge and no firewall rules, and stops it at the end, which needs root and the packages docker.io
# and debootstrap. The image is kept in CLOUDTRAIL_CONTAINER_STATE (default ~/.cache/cloudtrail-aggregation/container).
#
# Exit code 0: passed, 1: failed, 77: skipped, with the reason, because no engine can be started here.
set -euo pipefail

image=${1:-cloudtrail-aggregation-stand-in}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
caller=12345 # neither root's user id nor that of the files

# shellcheck source=tests/docker.sh
. "$root/tests/docker.sh"

command -v dotnet >/dev/null || skip "the .NET SDK is not on the PATH"
start_docker
require_image "$image"

mkdir "$work/repository" "$work/home" "$work/in-container" "$work/here"

# First without a container, so that all packages are on this machine.
echo "== on this machine"
"$root/build-layers.sh" --engine none --output "$work/here"
"$root/build-layers.sh" --engine none --output "$work/here" --function --lambda-packages stand-in

# A copy that the caller may read, in another folder than that of --engine none.
tar -C "$root" --exclude=bin --exclude=obj --exclude=out --exclude=.git -cf - . | tar -C "$work/repository" -xf -
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
cp -Rl "$packages" "$work/packages" 2>/dev/null || cp -R "$packages" "$work/packages"
chmod 755 "$work"
[ -z "$daemon" ] || chmod 666 "$work/docker.sock"
as_caller=(env)
if [ "$(id -u)" = 0 ]; then
  chown "$caller:$caller" "$work/home" "$work/in-container"
  as_caller=(setpriv --reuid "$caller" --regid "$caller" --clear-groups env HOME="$work/home")
fi
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
in_container=("${as_caller[@]}" NUGET_PACKAGES="$work/packages" TMPDIR="$work/home"
  "$work/repository/build-layers.sh" --engine docker --network none --sdk "$sdk" --output "$work/in-container")

echo "== in a container of $image"
"${in_container[@]}" --image "$image"
"${in_container[@]}" --image "$image" --function --lambda-packages stand-in

echo "== compared"
(cd "$work/here" && sha256sum -- *.zip) >"$work/sums"
[ "$(wc -l <"$work/sums")" = 4 ] || fail "four zips expected"
(cd "$work/in-container" && sha256sum -c "$work/sums") || fail "the container's zips differ from this machine's"
[ -z "$(find "$work/in-container" -name '*.zip' ! -uid "$(stat -c %u "$work/in-container")")" ] || fail "a zip does not belong to the caller"
[ -z "$(find "$work/home" -mindepth 1 -maxdepth 1 -name 'tmp.*')" ] || fail "build-layers.sh left a temporary directory behind"

mkdir "$work/home/nothing"
if "${in_container[@]}" --image "$image" --output "$work/home/nothing" --function --lambda-packages aws >"$work/aws.log" 2>&1; then
  fail "AWS's packages were found without a network and without a copy of them"
fi
[ -z "$(ls -A "$work/home/nothing")" ] || fail "a failed build left a file behind"
[ -z "$(docker ps -aq)" ] || fail "a container is left behind"
echo "passed"
