#!/usr/bin/env bash
# Fuzzes one target by coverage: SharpFuzz instruments the product, AFL++ (Debian: apt-get install afl++) mutates inputs.
#   tests/Fuzzing/coverage.sh TARGET [MINUTES]     TARGET: event, frame, container, gzip or month; 15 minutes by default
# Inputs and findings stay in tests/Fuzzing/bin/coverage/TARGET, and the next run continues from them. The exit code is 1 if
# there are findings; each is a file for: dotnet run --project tests/Fuzzing -- --target TARGET --replay FILE
set -euo pipefail
cd "$(dirname "$0")"

target=${1:?"a target: event, frame, container, gzip or month"} minutes=${2:-15}
command -v afl-fuzz >/dev/null || { echo "coverage.sh: afl-fuzz is missing. Install AFL++: apt-get install afl++" >&2; exit 2; }

work=$PWD/bin/coverage/$target
mkdir -p "$work"
dotnet build -c Release -v quiet --nologo
rm -rf "$work/instrumented"
cp -r bin/Release/net10.0 "$work/instrumented"
dotnet bin/Release/net10.0/Fuzzing.dll --instrument "$work/instrumented/Aggregation.dll"
[ -d "$work/corpus" ] || dotnet bin/Release/net10.0/Fuzzing.dll --target "$target" --write-corpus "$work/corpus"

# dotnet itself is not instrumented and needs address space, and a container can set neither core pattern nor affinity.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1
export AFL_AUTORESUME=1 DOTNET_TieredPGO=0
nice afl-fuzz -i "$work/corpus" -o "$work/out" -t 5000 -m none -x tokens.dict -V "$((minutes * 60))" \
  dotnet "$work/instrumented/Fuzzing.dll" --target "$target" --coverage >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 2; }

grep -E '^(run_time|execs_done|execs_per_sec|corpus_count|edges_found|saved_crashes|saved_hangs)' "$work/out/default/fuzzer_stats"
findings=$(find "$work/out/default/crashes" -name 'id:*' | wc -l)
[ "$findings" = 0 ] || { echo "$findings findings in $work/out/default/crashes" >&2; exit 1; }
