#!/usr/bin/env bash
# lambda-root.sh ROOT SYSTEM DOTNET TASK LAYER COMMAND...
# Runs COMMAND where everything stands in its place on Lambda: the function (TASK) is /var/task, the layer (LAYER) is
# /opt, .NET (DOTNET) is /var/lang/bin, the system's libraries are those of SYSTEM (/ for this machine's). ROOT, an empty
# directory, becomes /. Start it in a mount namespace of its own (unshare --mount): what is mounted here goes with it.
set -euo pipefail

root=$1 system=${2%/} dotnet=$3 task=$4 layer=$5
shift 5

mount -t tmpfs lambda "$root"
mkdir -p "$root"/{proc,dev,tmp,var/lang/bin,var/task,opt}
for name in bin lib lib64 usr etc; do
  if [ -L "$system/$name" ]; then
    cp -P "$system/$name" "$root/$name"
  elif [ -d "$system/$name" ]; then
    mkdir "$root/$name"
    mount --rbind "$system/$name" "$root/$name"
  fi
done
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$dotnet" "$root/var/lang/bin"
mount --bind "$task" "$root/var/task"
mount --bind "$layer" "$root/opt"
# Only /tmp can be written to.
mount -o remount,bind,ro "$root/var/task"
mount -o remount,bind,ro "$root/opt"

# What came before is no part of the function's start.
echo "lambda-root.sh: starts at $EPOCHREALTIME" >&2
exec chroot "$root" "$@"
