# shellcheck shell=bash
# What tests/container.sh and tests/image.sh share: the Docker engine of this machine, or one of their own, and a minimal
# image of this machine's Debian release. Everything is in $work, which is removed at the end; only what the engine holds is
# kept, in CLOUDTRAIL_CONTAINER_STATE (default ~/.cache/cloudtrail-aggregation/container).
state=${CLOUDTRAIL_CONTAINER_STATE:-$HOME/.cache/cloudtrail-aggregation/container}
work=$(mktemp -d)
daemon=''

clean_up() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" || true
    # A container on this machine's network leaves its namespace mounted.
    umount "$work"/exec/netns/* 2>/dev/null || true
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

# Starts dockerd with separate data, no bridge and no firewall rules, unless a Docker answers.
start_docker() {
  command -v docker >/dev/null || skip "docker is not installed"
  ! docker info >/dev/null 2>&1 || return 0
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

# Makes a minimal image by debootstrap if there is none of that name, and runs it once.
require_image() { # IMAGE
  docker image inspect "$1" >/dev/null 2>&1 || make_image "$1"
  docker run --rm --network none "$1" true 2>"$work/run.log" || { cat "$work/run.log"; skip "Docker runs no container here, see above"; }
}

make_image() { # IMAGE
  command -v debootstrap >/dev/null || skip "there is no image $1, and debootstrap is not installed to make one"
  echo "Making the image $1"
  # shellcheck source=/dev/null
  debootstrap --variant=minbase --include=ca-certificates,libssl3 "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$work/image" >"$work/debootstrap.log" 2>&1 \
    || { tail -n 5 "$work/debootstrap.log"; skip "debootstrap cannot make the image, see above"; }
  tar -C "$work/image" -cf - . | docker import - "$1" >/dev/null
  rm -rf "$work/image"
}
