#!/usr/bin/env bash
# tests/soak.sh [--minutes N] [--endpoint URL | --radosgw] [--result FILE]
# One function process runs months for N minutes (30) through the fault proxy: it must lose or double no event, and its
# memory and handles must not grow. The result goes to FILE (tests/soak-result.md).
#   --endpoint URL   an S3-compatible server that accepts the credentials test/test; by default moto
#   --radosgw        Ceph's server, one node in memory, started here and stopped at the end
#                    (apt-get install ceph-mon ceph-osd radosgw ceph-common)
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=30 endpoint='' radosgw='' result=$PWD/tests/soak-result.md
while [ $# -gt 0 ]; do
  case "$1" in
    --minutes) minutes=$2; shift 2 ;;
    --endpoint) endpoint=$2; shift 2 ;;
    --result) result=$(realpath "$2"); shift 2 ;;
    --radosgw) radosgw=1; shift ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "tests/soak.sh: '$1' is not known; see tests/soak.sh --help" >&2; exit 2 ;;
  esac
done

state=''
take_down() {
  [ -n "$state" ] || return 0
  for file in "$state"/run/*.pid; do
    kill "$(cat "$file")" 2>/dev/null || true
  done
  sleep 2
  rm -rf "$state"
}
trap take_down EXIT

# A monitor, a store in memory and the gateway. They need no keys, because only this machine reaches them.
start_radosgw() {
  local port=${CLOUDTRAIL_RADOSGW_PORT:-7480} fsid osd
  for program in ceph-mon ceph-osd radosgw ceph; do
    command -v "$program" >/dev/null || { echo "tests/soak.sh: $program is missing: apt-get install ceph-mon ceph-osd radosgw ceph-common" >&2; exit 1; }
  done
  fsid=$(cat /proc/sys/kernel/random/uuid) osd=$(cat /proc/sys/kernel/random/uuid)
  state=$(mktemp -d)
  mkdir -p "$state"/{mon,osd,run,log}
  export CEPH_CONF=$state/ceph.conf
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon_host = v1:127.0.0.1:$((port + 1))
mon_initial_members = a
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = $state/run
admin_socket = $state/run/\$name.\$pid.asok
pid_file = $state/run/\$name.pid
log_file = $state/log/\$name.log
mon_data = $state/mon
mon_allow_pool_size_one = true
osd_data = $state/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_crush_chooseleaf_type = 0
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:$port
CONF
  monmaptool --create --addv a "[v1:127.0.0.1:$((port + 1))]" --fsid "$fsid" "$state/monmap" >/dev/null
  ceph-mon -i a --mkfs --monmap "$state/monmap"
  ceph-mon -i a
  # A monitor that has just started refuses every request for a moment.
  for _ in {1..30}; do
    ! timeout 10 ceph osd new "$osd" >/dev/null 2>&1 || break
    sleep 1
  done
  ceph-osd -i 0 --mkfs --osd-uuid "$osd" 2>/dev/null
  ceph-osd -i 0
  radosgw -n client.rgw
  endpoint=http://127.0.0.1:$port
  for _ in {1..240}; do
    ! curl -s -o /dev/null "$endpoint" || break
    sleep 0.5
  done
  radosgw-admin -n client.rgw user create --uid=test --display-name=test --access-key=test --secret-key=test >/dev/null
  CLOUDTRAIL_SOAK_SERVER="radosgw $(radosgw --version | cut -d' ' -f3)"
  export CLOUDTRAIL_SOAK_SERVER
}

if [ -n "$radosgw" ]; then start_radosgw; fi
export CLOUDTRAIL_SOAK_MINUTES=$minutes CLOUDTRAIL_SOAK_RESULT=$result
if [ -n "$endpoint" ]; then export CLOUDTRAIL_SOAK_ENDPOINT=$endpoint; fi
dotnet build tests/System.Tests --configuration Debug --verbosity quiet
dotnet tests/System.Tests/bin/Debug/net10.0/System.Tests.dll -class CloudTrailAggregation.Tests.Faults.SoakTests
