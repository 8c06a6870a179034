#!/usr/bin/env bash
# tests/image.sh
# Builds the container image of Image/Dockerfile for this machine's architecture, offline, with the stand-in of AWS's Lambda
# packages, and runs it: tests/System.Tests/EndToEnd/ContainerImageTests sends it an event over Lambda's Runtime API. In place
# of AWS's base image it takes an image with this machine's .NET in /var/lang/bin and an entrypoint that runs the managed
# runtime's command. The files in the image must be those that this machine publishes. It prints the sizes.
#
# It needs what tests/container.sh needs, and a docker with BuildKit: Debian's docker.io, or Docker's own with buildx.
# Exit code 0: passed, 1: failed, 77: skipped, with the reason, because it cannot run here.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
system=cloudtrail-aggregation-stand-in image=cloudtrail-aggregation-image

# shellcheck source=tests/docker.sh
. "$root/tests/docker.sh"

case $(uname -sm) in
  "Linux x86_64") architecture=x86_64 platform=amd64 ;;
  "Linux aarch64") architecture=arm64 platform=arm64 ;;
  *) skip "this machine is $(uname -sm): the image runs on Linux" ;;
esac
command -v dotnet >/dev/null || skip "the .NET SDK is not on the PATH"

# A client of Docker's without its plugin may be before Debian's on the path, which has BuildKit built in.
export DOCKER_BUILDKIT=1 BUILDX_NO_DEFAULT_ATTESTATIONS=1
has_buildkit() { docker build --help >/dev/null 2>&1; }
has_buildkit || PATH=/usr/bin:$PATH
has_buildkit || skip "docker has no BuildKit (apt-get install docker.io or docker-buildx)"

start_docker
require_image "$system"

echo "== on this machine"
mkdir "$work/sources" "$work/task" "$work/sdk" "$work/base"
# The build's context, without what the working tree adds (obj/, .git), because that would change the assemblies.
sed -n 's/^!//p' "$root/.dockerignore" | tar -C "$root" --exclude=bin --exclude=obj -cf - --files-from=- | tar -C "$work/sources" -xf -
# Its packages go into a directory of their own, which is what the build in the container needs.
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
NUGET_PACKAGES=$work/sdk/packages RestoreSources=$packages \
  "$work/sources/Layers/compose.sh" image "$work/task" stand-in "$architecture"

echo "== the stand-ins"
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
cp -R "$dotnet" "$work/sdk/dotnet"
cat >"$work/sdk/Dockerfile" <<DOCKERFILE
FROM $system
COPY dotnet /sdk
COPY packages /nuget
ENV PATH=/sdk:/usr/sbin:/usr/bin:/sbin:/bin NUGET_FALLBACK_PACKAGES=/nuget
DOCKERFILE
mkdir "$work/base/dotnet"
cp -R "$dotnet/dotnet" "$dotnet/host" "$dotnet/shared" "$work/base/dotnet/"
# shellcheck disable=SC2016 # for the shell in the image
printf '#!/bin/sh\nexec /var/lang/bin/dotnet exec "/var/task/$1.dll"\n' >"$work/base/lambda-entrypoint.sh"
chmod +x "$work/base/lambda-entrypoint.sh"
cat >"$work/base/Dockerfile" <<DOCKERFILE
FROM $system
COPY dotnet /var/lang/bin
COPY lambda-entrypoint.sh /
ENTRYPOINT [ "/lambda-entrypoint.sh" ]
DOCKERFILE
build() { # NAME ARGUMENT...
  docker build --network none --tag "$1" "${@:2}" >"$work/build.log" 2>&1 || { cat "$work/build.log"; fail "the image $1 is not built, see above"; }
}
build "$image-sdk" "$work/sdk"
build "$image-base" "$work/base"

echo "== the image"
build "$image" --file "$root/Image/Dockerfile" --platform "linux/$platform" --build-arg "ARCHITECTURE=$architecture" \
  --build-arg LAMBDA_PACKAGES=stand-in --build-arg "BASE=$image-base" --build-arg "SDK=$image-sdk" "$root"
(cd "$work/task" && sha256sum -- *) >"$work/sums"
docker run --rm --network none --entrypoint sh "$image" -c 'cd /var/task && sha256sum -- *' >"$work/sums-of-image"
diff "$work/sums" "$work/sums-of-image" || fail "the files in the image differ from this machine's"
[ "$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.licenses"}}' "$image")" = Apache-2.0 ] ||
  fail "the image has no labels"
docker history --human=false --format '{{.Size}} {{.CreatedBy}}' "$image" | head -n 3
echo "$(tar -C "$work/task" -czf - . | wc -c) bytes is the layer of /var/task compressed"

echo "== run"
cd "$root"
CLOUDTRAIL_IMAGE=$image CLOUDTRAIL_REQUIRE_ALL=1 dotnet test --project tests/System.Tests --explicit on \
  --filter-class CloudTrailAggregation.Tests.EndToEnd.ContainerImageTests
[ -z "$(docker ps -aq)" ] || fail "a container is left behind"
echo "passed"
