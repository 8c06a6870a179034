#!/usr/bin/env bash
# tests/arm64.sh
# Runs the end-to-end tests (tests/System.Tests/EndToEnd) with the arm64 function and the arm64 layer under qemu's user
# emulation, with Debian's arm64 libraries and the linux-arm64 .NET runtime of the SDK's runtime pack. One of the tests
# compares the file byte for byte with this machine's. The emulation is about ten times slower than the machine.
#
# It needs a Debian or Ubuntu with apt-get, dpkg-deb and the .NET SDK, and a mount namespace (root, or user namespaces).
# Nothing is installed: downloads are kept in CLOUDTRAIL_ARM64_STATE (default ~/.cache/cloudtrail-aggregation/arm64).
# CLOUDTRAIL_ZIPS names a directory with the zips of build-layers.sh to test instead of building them.
#
# No package of the feed has .NET's `dotnet` program. The apphost of the SDK's host pack replaces it, bound to
# /var/task/CloudTrailAggregation.dll. Like `dotnet`, it only loads hostfxr; the rest (hostfxr, hostpolicy, the function's
# runtimeconfig with its probing paths, the runtime) is the same as on Lambda.
#
# Exit code 0: passed, 77: skipped, with the reason, because it cannot run here, any other: failed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${CLOUDTRAIL_ARM64_STATE:-$HOME/.cache/cloudtrail-aggregation/arm64}

skip() {
  echo "skipped: $*"
  exit 77
}

case $(uname -sm) in
  "Linux x86_64") ;;
  *) skip "this machine is $(uname -sm): the emulation runs on Linux x86_64 only" ;;
esac
for command in apt-get dpkg-deb dotnet unshare; do
  command -v "$command" >/dev/null || skip "$command is not installed"
done
if [ "$(id -u)" = 0 ]; then namespace=(--mount); else namespace=(--user --map-root-user --mount); fi
unshare "${namespace[@]}" true 2>/dev/null || skip "a mount namespace cannot be created here"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# apt gets separate state and lists, so that this machine's architectures do not change.
fetch() { # ARCHITECTURE PACKAGE...
  local lists=$work/apt-$1
  mkdir -p "$lists"/{state,cache} "$work/packages"
  local options=(-qq -o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State=$lists/state"
    -o "Dir::Cache=$lists/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update && (cd "$work/packages" && apt-get "${options[@]}" download "${@:2}")
}

make_system() { # DIRECTORY
  echo "Making $1"
  fetch amd64 qemu-user-static || skip "qemu-user-static cannot be downloaded with apt-get"
  # Since Debian 13, libssl3 is libssl3t64.
  fetch arm64 libc6 libgcc-s1 libstdc++6 libssl3 || fetch arm64 libc6 libgcc-s1 libstdc++6 libssl3t64 \
    || skip "Debian's arm64 libraries cannot be downloaded with apt-get"
  local package
  for package in "$work"/packages/*_arm64.deb; do
    dpkg-deb --extract "$package" "$1"
  done
  dpkg-deb --extract "$work"/packages/qemu-user-static_*_amd64.deb "$work/qemu"
  mkdir -p "$1/usr/bin"
  cp "$work/qemu/usr/bin/qemu-aarch64-static" "$1/usr/bin/"
  make_dotnet "$1/var/lang/bin"
}

# Makes the directories of an installed .NET from the packs of a self-contained linux-arm64 program.
make_dotnet() { # DIRECTORY
  mkdir "$work/packs"
  cat >"$work/packs/Packs.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <RuntimeIdentifier>linux-arm64</RuntimeIdentifier>
    <SelfContained>true</SelfContained>
  </PropertyGroup>
  <Target Name="Packs" DependsOnTargets="ResolveFrameworkReferences">
    <PropertyGroup>
      <RuntimePack>@(ResolvedRuntimePack->WithMetadataValue('FrameworkName', 'Microsoft.NETCore.App')->'%(PackageDirectory)')</RuntimePack>
    </PropertyGroup>
  </Target>
</Project>
PROJECT
  dotnet restore "$work/packs" -v quiet || skip "the linux-arm64 runtime pack cannot be restored"
  local pack host version framework
  pack=$(dotnet msbuild "$work/packs" -t:Packs -getProperty:RuntimePack)
  host=$(dotnet msbuild "$work/packs" -t:Packs -getProperty:AppHostSourcePath)
  version=$(basename "$pack")
  framework=$1/shared/Microsoft.NETCore.App/$version
  mkdir -p "$framework" "$1/host/fxr/$version"
  cp "$pack"/runtimes/linux-arm64/lib/net10.0/* "$pack"/runtimes/linux-arm64/native/* "$framework/"
  mv "$framework/libhostfxr.so" "$1/host/fxr/$version/"
  bind "$host" "$1/dotnet" ../../task/CloudTrailAggregation.dll
}

# Like the SDK: the program's path, relative to the apphost's, replaces a known text and is padded with zero bytes.
bind() { # APPHOST TARGET PROGRAM
  local placeholder=c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2 padding
  padding=$(printf '\\x00%.0s' $(seq $((${#placeholder} - ${#3}))))
  LC_ALL=C sed "s|$placeholder|$3$padding|" "$1" >"$2"
  ! grep -q "$placeholder" "$2" || { echo "failed: $1 is not an apphost that can be bound" >&2; exit 1; }
  chmod +x "$2"
}

runtime=$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10[^ ]*\) .*/\1/p' | tail -n 1)
system=$state/$runtime
if [ ! -d "$system" ]; then
  mkdir "$work/system"
  make_system "$work/system"
  mkdir -p "$state"
  mv "$work/system" "$system"
fi

export CLOUDTRAIL_ARM64_ROOT=$system CLOUDTRAIL_REQUIRE_ALL=1
cd "$root"
dotnet test --project tests/System.Tests --filter-namespace CloudTrailAggregation.Tests.EndToEnd
