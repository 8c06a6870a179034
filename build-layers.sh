#!/usr/bin/env bash
set -euo pipefail

usage() {
  cat <<'USAGE'
build-layers.sh [OPTION...]

Builds the Lambda layer with ParquetSharp for each architecture, in an Amazon Linux container: composes it, loads the
library there and writes and reads a Parquet file with it, checks it (Layers/check-layer) and zips it. The same sources
and SDK give the same SHA-256 everywhere. Each zip gets a list NAME.contents.txt of its files with their SHA-256; check
it with sha256sum --check, or shasum -a 256 --check, where the zip is unpacked.

  --arch x86_64|arm64|all    architecture (default: all)
  --engine docker|podman|finch|none
                             the container engine (default: the first that answers); none builds with the .NET SDK on
                             this machine, which is also the fallback, with a message, when no engine answers
  --image IMAGE              image of the container (default: amazonlinux:2023)
  --network NETWORK          network of the container (default: the engine's)
  --sdk DIR                  mount this .NET SDK (Linux, the machine's architecture) into the container instead of
                             installing one there
  --output DIR               directory for the zips (default: out)

  --function                 make the zips of the function instead: Release, without the layer's files, ReadyToRun
  --lambda-packages aws|stand-in
                             with --function: AWS's packages (default), or the stand-in of the tests, which does not
                             run on Lambda

  --publish                  publish the layers too, with the AWS CLI; prints their ARNs and the --parameter-overrides
                             to paste
  --layer-name NAME          name of the layers before -x86_64 or -arm64 (default: ParquetSharp)
  --bucket BUCKET[/PREFIX]   with --publish: upload through this S3 bucket instead of directly
  --region REGION            AWS region (default: the AWS CLI's)
  --endpoint-url URL         endpoint of Lambda and S3 (default: AWS_ENDPOINT_URL, else AWS's)
  --help

The container gets this machine's NuGet packages (NUGET_PACKAGES or ~/.nuget/packages) and NuGet.Config read-only, so
that packages restored earlier need no network. The script writes only the zips and their lists; the caller owns them.

  ./build-layers.sh --arch arm64 --publish --region eu-central-1
  ./build-layers.sh --arch arm64 --function
USAGE
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Layers/packages.sh
. "$root/Layers/packages.sh"

arch=all engine='' image=amazonlinux:2023 network='' sdk='' output=out
what=layer lambda_packages=aws
publish=false layer_name=ParquetSharp bucket='' region='' endpoint_url=${AWS_ENDPOINT_URL:-}

while [ $# -gt 0 ]; do
  option=$1
  shift
  case $option in
    --help | -h) usage; exit 0 ;;
    --function) what=function; continue ;;
    --publish) publish=true; continue ;;
    --arch | --engine | --image | --network | --sdk | --output | --lambda-packages) ;;
    --layer-name | --bucket | --region | --endpoint-url) ;;
    *) fail "unknown option $option; --help lists them" ;;
  esac
  [ -n "${1:-}" ] || fail "$option needs a value; --help tells which"
  name=${option#--}
  printf -v "${name//-/_}" %s "$1"
  shift
done

case $arch in
  all) architectures=(x86_64 arm64) ;;
  x86_64 | arm64) architectures=("$arch") ;;
  *) fail "--arch $arch: x86_64, arm64 or all" ;;
esac
case $lambda_packages in
  aws | stand-in) ;;
  *) fail "--lambda-packages $lambda_packages: aws or stand-in" ;;
esac
[ "$what" = layer ] || [ "$publish" = false ] ||
  fail "--publish publishes layers; cloudformation.yml deploys the function"
[ "$publish" = false ] || command -v aws >/dev/null ||
  fail "--publish needs the AWS CLI (aws), which is not on the PATH"
[ -z "$sdk" ] || [ -x "$sdk/dotnet" ] || fail "--sdk $sdk: there is no dotnet in it"

engine_or_sdk() {
  find_engine && return
  command -v dotnet >/dev/null ||
    fail "neither docker, podman nor finch answers, and there is no dotnet on the PATH for --engine none"
  echo "No container engine answers: building with the SDK of this machine (--engine none)" >&2
  echo none
}

case $engine in
  '') engine=$(engine_or_sdk) ;;
  docker | podman | finch) require_engine "$engine" ;;
  none) command -v dotnet >/dev/null || fail "--engine none needs the .NET SDK (dotnet) on the PATH" ;;
  *) fail "--engine $engine: docker, podman, finch or none" ;;
esac

mkdir -p "$output"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Copies only what the build needs, without bin and obj.
mkdir "$work/sources" "$work/zips"
tar -C "$root" --exclude=bin --exclude=obj -cf - Aggregation Function Layers tests/LambdaStandIn \
  Directory.Build.props Directory.Packages.props global.json .editorconfig BannedSymbols.txt | tar -C "$work/sources" -xf -

compose_in_container() {
  local options=(--rm -v "$work/sources:/sources:ro" -v "$work/zips:/zips" -e COMPOSE_IN_CONTAINER=true)
  local packages=${NUGET_PACKAGES:-$HOME/.nuget/packages} config=$HOME/.nuget/NuGet/NuGet.Config variable
  [ -z "$network" ] || options+=(--network "$network")
  [ -z "$sdk" ] || options+=(-v "$(cd "$sdk" && pwd):/sdk:ro")
  # A fallback folder is only read; the container restores missing packages into its own folder.
  [ ! -d "$packages" ] || options+=(-v "$packages:/nuget:ro" -e NUGET_FALLBACK_PACKAGES=/nuget)
  [ ! -f "$config" ] || options+=(-v "$config:/root/.nuget/NuGet/NuGet.Config:ro")
  [ "$engine" != podman ] || options+=(--security-opt label=disable)
  for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NUGET_CERT_REVOCATION_MODE; do
    [ -z "${!variable:-}" ] || options+=(-e "$variable")
  done
  "$engine" run "${options[@]}" "$image" \
    bash /sources/Layers/compose.sh "$what" /zips "$lambda_packages" "${architectures[@]}"
}

if [ "$engine" = none ]; then
  [ -z "$sdk" ] || PATH=$(cd "$sdk" && pwd):$PATH
  "$work/sources/Layers/compose.sh" "$what" "$work/zips" "$lambda_packages" "${architectures[@]}"
else
  echo "Building in a container of $image with $engine"
  compose_in_container
fi
mv "$work"/zips/*.zip "$work"/zips/*.contents.txt "$output/"

[ "$publish" = true ] || exit 0

version_of() {
  sed -n "s/.*Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" "$root/Directory.Packages.props"
}

aws_options=(--output text)
[ -z "$region" ] || aws_options+=(--region "$region")
[ -z "$endpoint_url" ] || aws_options+=(--endpoint-url "$endpoint_url")

for architecture in "${architectures[@]}"; do
  zip=$output/$(layer_name "$architecture").zip
  content=(--zip-file "fileb://$zip")
  if [ -n "$bucket" ]; then
    prefix=${bucket#"${bucket%%/*}"} prefix=${prefix#/}
    key=${prefix:+${prefix%/}/}$layer_name-$architecture.zip
    aws s3 cp --only-show-errors "${aws_options[@]}" "$zip" "s3://${bucket%%/*}/$key"
    content=(--content "S3Bucket=${bucket%%/*},S3Key=$key")
  fi
  description="ParquetSharp $(version_of ParquetSharp), Apache.Arrow $(version_of Apache.Arrow) for .NET 10, $architecture"
  arn=$(aws lambda publish-layer-version "${aws_options[@]}" "${content[@]}" --query LayerVersionArn \
    --layer-name "$layer_name-$architecture" --license-info Apache-2.0 \
    --description "$description" \
    --compatible-runtimes dotnet10 --compatible-architectures "$architecture")
  echo "$arn"
  echo "  --parameter-overrides ParquetSharpLayerArn=$arn Architecture=$architecture"
done
