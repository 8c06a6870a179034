# shellcheck shell=sh
# What build-layers.sh, Layers/compose.sh and deploy.sh share, for any POSIX shell: the end of a script that fails, the
# names of the packages, and the choice of the container engine.

# Ends the script with its name and one message.
fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# The names of the zips without .zip.
layer_name() { # ARCHITECTURE
  echo "parquetsharp-layer-$1"
}

function_name() { # ARCHITECTURE
  echo "cloudtrail-aggregation-$1"
}

# Fails with the reason if the named engine does not answer.
require_engine() { # docker|podman|finch
  command -v "$1" >/dev/null || fail "--engine $1: $1 is not on the PATH"
  answer=$("$1" info 2>&1) || fail "--engine $1 does not answer: $(echo "$answer" | tail -n 1)"
}

# Prints the first engine that answers; fails if there is none.
find_engine() {
  for candidate in docker podman finch; do
    if command -v "$candidate" >/dev/null && "$candidate" info >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# An architecture as container engines call it.
platform() { # arm64|x86_64
  if [ "$1" = x86_64 ]; then echo amd64; else echo "$1"; fi
}
