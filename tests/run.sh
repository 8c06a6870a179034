#!/usr/bin/env bash
# Runs every test. Plain `dotnet test` needs only the SDK and lists the tests it skips. This script also needs shellcheck,
# python3, npm, a C linker and, on Linux, strace; it installs the packages of python3 and npm that the tests need, and
# skips no test.
#   tests/run.sh         the tests, Debug and Release
#   tests/run.sh --all   also tests that take long or need root: the layer in a container, the container image, the function
#                        on arm64
set -euo pipefail
cd "$(dirname "$0")/.."

all=
case "${1:-}" in
  "") ;;
  --all) all=1 ;;
  -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "tests/run.sh: '$1' is not known; see tests/run.sh --help" >&2; exit 2 ;;
esac

need() {
  command -v "$1" >/dev/null || { echo "tests/run.sh: $1 is missing. Install it: $2" >&2; exit 1; }
}
need dotnet "the .NET 10 SDK, https://dotnet.microsoft.com/download"
need python3 "apt-get install python3 python3-venv, or your system's package"
need npm "apt-get install npm, or your system's package of Node.js 20 or later"

# Not from npm or pip, whose shellcheck packages download the program from elsewhere. strace exists on Linux only.
programs=(shellcheck)
[ "$(uname)" != Linux ] || programs+=(strace)
command -v clang >/dev/null || programs+=(gcc)
for program in "${programs[@]}"; do
  if ! command -v "$program" >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    { apt-get update && apt-get install --yes "$program"; } >&2
  fi
  need "$program" "apt-get install $program, or your system's package"
done

has_requirements() {
  python3 - tests/requirements.txt <<'PYTHON'
import re, sys
from importlib.metadata import PackageNotFoundError, version
wanted = (re.split(r"==", re.sub(r"\[.*?\]", "", line.strip())) for line in open(sys.argv[1]) if "==" in line)
try:
    sys.exit(any(version(name) != number for name, number in wanted))
except PackageNotFoundError:
    sys.exit(1)
PYTHON
}
if ! has_requirements; then
  [ -x tests/.venv/bin/python3 ] || python3 -m venv tests/.venv
  PATH="$PWD/tests/.venv/bin:$PATH"
  has_requirements || python3 -m pip install --quiet --requirement tests/requirements.txt
fi

# `dotnet test`; if tests fail, they are printed once more at the end, below what may be a long list of skipped ones.
run_tests() {
  local log
  log="$(mktemp)"
  if ! dotnet test "$@" 2>&1 | tee "$log"; then
    { echo && awk '/^[^ ]/ { failed = /^failed / } failed' "$log"; } >&2
    rm "$log"
    exit 1
  fi
  rm "$log"
}

# Every test in Debug; then in Release the tests that its build could change. One project after the other, because tests
# that kill and time processes need the machine alone.
CLOUDTRAIL_REQUIRE_ALL=1 run_tests --configuration Debug --max-parallel-test-modules 1
# Without AVX2, .NET scans JSON 16 bytes at a time, as it does on arm64 and older x86 processors.
DOTNET_EnableAVX2=0 run_tests --project tests/Aggregation.Tests --configuration Debug --no-build -- --filter-trait Category=Vectors
run_tests --configuration Release -p:LambdaPackages=stand-in --max-parallel-test-modules 1

# The terminal tool as docs/cli.md publishes it, a native program, with the tests that run it as a process.
dotnet publish Local --use-current-runtime --output out/program
CLOUDTRAIL_PROGRAM="$PWD/out/program/cloudtrail-aggregation" CLOUDTRAIL_REQUIRE_ALL=1 \
  run_tests --configuration Debug --no-build --max-parallel-test-modules 1 -- --filter-trait Category=CommandLine

# Fuzzes for a minute; a finding is printed with its seed (docs/bad-input.md).
dotnet run --project tests/Fuzzing --configuration Release -- --minutes 1

if [ "$all" ]; then
  # 77: the script cannot run here and printed the reason.
  for script in tests/container.sh tests/image.sh tests/arm64.sh; do
    "$script" || [ $? = 77 ]
  done
fi
