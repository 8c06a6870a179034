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
state=${CLOUDTRAIL_CONTAINER_STATE:-$HOME/.cache/cloudtrail-aggregation/container}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
caller=12345 # neither root's user id nor that of the files

work=$(mktemp -d)
daemon=''
clean_up() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

skip() {
  echo "skipped: $*"
  exit 77
}

fail() {
  echo "failed: $*" >&2
  exit 1
}

start_docker() {
  [ "$(id -u)" = 0 ] || skip "no Docker answers, and starting one needs root"
  command -v dockerd >/dev/null || skip "no Docker answers, and dockerd is not installed (apt-get install docker.io)"
  mkdir -p "$state"
  export DOCKER_HOST=unix://$work/docker.sock
  dockerd --iptables=false --ip6tables=false --bridge=none --host "$DOCKER_HOST" \
    --data-root "$state" --exec-root "$work/exec" --pidfile "$work/docker.pid" >"$work/dockerd.log" 2>&1 &
  daemon=$!
  for _ in {1..60}; do
    ! docker info >/dev/null 2>&1 || return 0
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.5
  done
  tail -n 5 "$work/dockerd.log"
  skip "dockerd does not start here, see above"
}

make_image() {
  command -v debootstrap >/dev/null || skip "there is no image $image, and debootstrap is not installed to make one"
  echo "Making the image $image"
  # shellcheck source=/dev/null
  debootstrap --variant=minbase --include=ca-certificates,libssl3 "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$work/image" >"$work/debootstrap.log" 2>&1 \
    || { tail -n 5 "$work/debootstrap.log"; skip "debootstrap cannot make the image, see above"; }
  tar -C "$work/image" -cf - . | docker import - "$image" >/dev/null
  rm -rf "$work/image"
}

command -v docker >/dev/null || skip "docker is not installed"
command -v dotnet >/dev/null || skip "the .NET SDK is not on the PATH"
docker info >/dev/null 2>&1 || start_docker
docker image inspect "$image" >/dev/null 2>&1 || make_image
docker run --rm --network none "$image" true 2>"$work/run.log" || { cat "$work/run.log"; skip "Docker runs no container here, see above"; }

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
