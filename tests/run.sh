#!/usr/bin/env bash
# Runs every test. Plain `dotnet test` needs the SDK alone and says what it leaves out; this needs shellcheck, on Linux
# strace, python3 and npm as well, installs what the tests want from the last two, and lets no test be left out.
#   tests/run.sh         the tests, Debug and Release
#   tests/run.sh --all   and what takes long or needs root: the layer in a container, the function on arm64
set -euo pipefail
cd "$(dirname "$0")/.."

all=
case "${1:-}" in
  "") ;;
  --all) all=1 ;;
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "tests/run.sh: '$1' is not known; see tests/run.sh --help" >&2; exit 2 ;;
esac

need() {
  command -v "$1" >/dev/null || { echo "tests/run.sh: $1 is missing. Install it: $2" >&2; exit 1; }
}
need dotnet "the .NET 10 SDK, https://dotnet.microsoft.com/download"
need python3 "apt-get install python3 python3-venv, or your system's package"
need npm "apt-get install npm, or your system's package of Node.js 20 or later"

# The packages that npm and pip have of shellcheck fetch the program from elsewhere. strace exists on Linux only.
programs=(shellcheck)
[ "$(uname)" != Linux ] || programs+=(strace)
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

# Everything once; then what a Release build could change, without the slow part again. One project after the other,
# because tests that kill and time processes share the machine with nothing.
CLOUDTRAIL_REQUIRE_ALL=1 dotnet test --configuration Debug --max-parallel-test-modules 1
# JSON is scanned 16 bytes at a time on arm64 and older x86 processors: .NET does the same without AVX2.
DOTNET_EnableAVX2=0 dotnet test --project tests/Aggregation.Tests --configuration Debug --no-build -- --filter-trait Category=Vectors
dotnet test --configuration Release -p:LambdaPackages=stand-in --max-parallel-test-modules 1

# A minute of inputs that no test has; a finding is printed with its seed (docs/reliability.md).
dotnet run --project tests/Fuzzing --configuration Release -p:LambdaPackages=stand-in -- --minutes 1

if [ "$all" ]; then
  # 77: it cannot run here, and has said why.
  for script in tests/container.sh tests/arm64.sh; do
    "$script" || [ $? = 77 ]
  done
fi
