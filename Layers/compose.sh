#!/usr/bin/env bash
# The part of build-layers.sh and Image/Dockerfile that needs the .NET SDK, run on this machine or in a container:
#   Layers/compose.sh layer|function OUTPUT aws|stand-in x86_64|arm64...
# Composes, loads and zips; OUTPUT gets one zip for each architecture. Everything else is in a temporary directory.
#   Layers/compose.sh image OUTPUT aws|stand-in x86_64|arm64
# OUTPUT gets the files of /var/task in a container image: the function, with the layer's files beside it.
set -euo pipefail

what=$1 output=$2 lambda_packages=$3
shift 3
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=Layers/packages.sh
. "$sources/Layers/packages.sh"
in_container=${COMPOSE_IN_CONTAINER:-false}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$sources" "$work/sources"
cd "$work/sources"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK=true
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # amazonlinux has no ICU
export MSBUILDDISABLENODEREUSE=1

install_sdk() {
  echo "Installing the .NET SDK in the container"
  if command -v dnf >/dev/null && dnf install -y -q dotnet-sdk-10.0; then
    return
  fi
  command -v tar >/dev/null || dnf install -y -q tar gzip
  command -v curl >/dev/null || { echo "the image has neither dotnet nor curl: mount an SDK with --sdk DIR" >&2; exit 1; }
  curl -fsSL https://dot.net/v1/dotnet-install.sh -o "$work/dotnet-install.sh"
  bash "$work/dotnet-install.sh" --channel 10.0 --install-dir "$work/sdk"
  PATH=$work/sdk:$PATH
}

publish() { # PROJECT ARCHITECTURE OUTPUT [OPTION...]
  dotnet publish "$1" -c Release -r "linux-$2" -o "$3" -v quiet \
    -p:NuGetAudit=false -p:RunAnalyzers=false -p:UseSharedCompilation=false "${@:4}"
}

# Restores exactly the packages of packages.lock.json.
publish_locked() { # PROJECT ARCHITECTURE OUTPUT
  publish "$@" -p:RestoreLockedMode=true
}

# Writes and reads a Parquet file with the layer's library, which .NET finds as on Lambda: by additionalProbingPaths.
load() { # ARCHITECTURE LAYER
  local store=/opt/dotnetcore
  publish_locked Layers/Probe "$1" "$work/probe-$1"
  if [ "$in_container" = true ] && [ -w /opt ] && [ ! -e "$store" ]; then
    cp -R "$2/dotnetcore" "$store"
  else # /opt belongs to this machine, so the probe reads the layer in its directory.
    store=$2/dotnetcore
    sed -i.original "s|/opt/dotnetcore/|$store/|" "$work/probe-$1/Probe.runtimeconfig.json"
  fi
  dotnet exec "$work/probe-$1/Probe.dll" "$store"
}

[ "$in_container" = false ] || PATH=/sdk:$PATH
command -v dotnet >/dev/null || install_sdk
echo "With .NET SDK $(dotnet --version)"
if [ "$what" = image ]; then
  publish Function "${1/x86_64/x64}" "$output" -p:LambdaPackages="$lambda_packages" -p:HoldsLayer=true
  exit
fi

dotnet build Layers/Packaging -c Release -o "$work/packaging" -v quiet \
  -p:NuGetAudit=false -p:RunAnalyzers=false -p:UseSharedCompilation=false >"$work/log" || { cat "$work/log" >&2; exit 1; }
pack() { dotnet exec "$work/packaging/Packaging.dll" "$@"; }

case $(uname -sm) in
  "Linux x86_64") here=x64 ;;
  "Linux aarch64") here=arm64 ;;
  *) here=other ;;
esac

for arch in "$@"; do
  machine=${arch/x86_64/x64}
  if [ "$what" = function ]; then
    publish Function "$machine" "$work/function-$machine" -p:LambdaPackages="$lambda_packages"
    pack function "$work/function-$machine" "$work/$(function_name "$arch").zip" "$lambda_packages"
  else
    publish_locked Layers "$machine" "$work/layer-$machine"
    if [ "$machine" = "$here" ]; then
      load "$machine" "$work/layer-$machine"
    else
      echo "The $arch library is checked but not loaded: this machine is $(uname -m)"
    fi
    pack layer "$work/layer-$machine" "$work/$(layer_name "$arch").zip"
  fi
done

# A container runs as root, so the zips get the owner of the output directory.
[ "$in_container" = false ] || chown --reference="$output" "$work"/*.zip "$work"/*.contents.txt
cp -p "$work"/*.zip "$work"/*.contents.txt "$output/"
