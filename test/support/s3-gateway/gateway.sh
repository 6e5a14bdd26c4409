#!/usr/bin/env bash
# A real S3 server for the tests: Ceph's RADOS Gateway from the distribution's own packages, unpacked beside the system.
#
#   gateway.sh start   brings it up (or finds it up) and prints the S3_* settings as shell assignments
#   gateway.sh stop    ends it and forgets what it stored; the packages stay cached
#
# Needs apt-get, dpkg-deb, curl and /usr/bin/python3; seen working on Debian 12 (x86-64), as root and as a normal user.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CACHE=${XDG_CACHE_HOME:-${HOME:-${TMPDIR:-/tmp}}/.cache}/export-service/s3-gateway
SYSTEM=$(. /etc/os-release 2>/dev/null && echo "${ID:-linux}-${VERSION_ID:-0}" || echo linux)-$(uname -m)
ROOT=$CACHE/$SYSTEM
# One cluster for each checkout and user, so that two checkouts never stop each other's.
CLUSTER=${S3_GATEWAY_DIR:-${TMPDIR:-/tmp}/export-service-s3-$(id -u)-$(cksum <<<"$HERE" | cut -d' ' -f1)}
REGION=us-east-1
BUCKET=export-service-test
ACCESS_KEY_ID=testaccesskey00000001
SECRET_ACCESS_KEY=testsecretkey000000000000000000000000001

say() { echo "s3-gateway: $*" >&2; }
die() {
  say "$*"
  exit 1
}

# --- packages ---------------------------------------------------------------------------------------------------------

# apt keeps its lists and archives in our own folders: no root is needed, and the system's stay untouched.
apt() {
  apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User= -o Dir::State::Lists="$CACHE/lists" \
    -o Dir::Cache="$CACHE/apt" -o Dir::Cache::Archives="$CACHE/debs-$SYSTEM" "$@"
}

unpack_packages() {
  [ -e "$ROOT/.complete" ] && return
  local tool
  for tool in apt-get dpkg-deb curl /usr/bin/python3; do
    command -v "$tool" >/dev/null || die "needs $tool, which is not here; set S3_ENDPOINT to use another S3 server"
  done
  say "fetching the packages (about 100 MB, once)"
  rm -rf "$ROOT" && mkdir -p "$ROOT" "$CACHE/lists/partial" "$CACHE/apt" "$CACHE/debs-$SYSTEM/partial"
  apt update >&2 || die "apt-get update failed: no package mirror can be reached"
  apt install -y --download-only --no-install-recommends radosgw ceph-mon ceph-osd >&2 ||
    die "the packages radosgw, ceph-mon and ceph-osd cannot be had from this system's mirrors"
  local deb
  for deb in "$CACHE/debs-$SYSTEM"/*.deb; do
    # What the packages want for real disks, and the daemons never load.
    case ${deb##*/} in
      lvm2_* | dmeventd_* | sudo_* | xfsprogs_* | nvme-cli_* | smartmontools_* | cryptsetup* | gdisk_* | parted_* | hdparm_* | dmidecode_* | logrotate_*) continue ;;
    esac
    dpkg-deb -x "$deb" "$ROOT"
  done
  rm -rf "$CACHE/debs-$SYSTEM" "$CACHE/lists" "$CACHE/apt"
  touch "$ROOT/.complete"
}

use_packages() {
  LIB=$(echo "$ROOT"/usr/lib/*-linux-gnu)
  export PATH=$ROOT/usr/bin:$ROOT/usr/sbin:/usr/bin:$PATH
  export LD_LIBRARY_PATH=$LIB:$LIB/ceph:$ROOT/lib/${LIB##*/}
  export PYTHONPATH=$ROOT/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1
  export CEPH_CONF=$CLUSTER/ceph.conf
}

# --- the daemons ------------------------------------------------------------------------------------------------------

# The process id in a pid file, if it still is our daemon: a killed run leaves the file, and the system reuses ids.
daemon_pid() {
  local pid
  pid=$(cat "$CLUSTER/$1.pid" 2>/dev/null) || return 1
  { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "-c $CLUSTER/ceph.conf " && echo "$pid"
}

run_daemon() { # name, command and its arguments
  local name=$1
  shift
  # A session of its own, so that Ctrl-C on the tests does not kill it halfway; no lock is inherited.
  setsid "$1" -c "$CLUSTER/ceph.conf" -f "${@:2}" >"$CLUSTER/$name.out" 2>&1 </dev/null 9>&- &
  echo $! >"$CLUSTER/$name.pid"
  disown
}

stop_daemons() {
  local name pid
  # Everything lives in memory, so nothing is worth an orderly end.
  for name in gateway osd mon; do
    pid=$(daemon_pid $name) || continue
    kill -KILL "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
      daemon_pid $name >/dev/null || break
      sleep 0.05
    done
  done
  rm -rf "$CLUSTER"
}

free_ports() { # how many
  /usr/bin/python3 - "$1" <<'PY'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))
PY
}

write_config() { # fsid
  cat >"$CLUSTER/ceph.conf" <<CONF
[global]
fsid = $1
mon_host = [v2:127.0.0.1:$MON_V2/0,v1:127.0.0.1:$MON_V1/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# The gateway insists on an encrypted link to the monitor, which needs the authentication switched off above.
ms_mon_client_mode = crc
keyring = /dev/null
run_dir = $CLUSTER
# Socket paths are limited to 107 characters, which a long TMPDIR would exceed.
admin_socket =
pid_file =
log_file = $CLUSTER/\$name.log
log_to_stderr = false
err_to_stderr = true
mon_cluster_log_file = $CLUSTER/cluster.log
crash_dir = $CLUSTER/crash
plugin_dir = $LIB/ceph
erasure_code_dir = $LIB/ceph/erasure-code
osd_class_dir = $LIB/rados-classes
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_max_pg_per_osd = 2000
mon_allow_pool_size_one = true
# A developer's full disk must not stop a cluster that lives in memory.
mon_data_avail_crit = 1
mon_data_avail_warn = 1
mon_osd_min_up_ratio = 0
[mon]
mon_data = $CLUSTER/mon
mon_osd_adjust_heartbeat_grace = false
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[osd]
# On a machine that is busy for longer than the grace (20 s), the only copy of the data would wait forever to be
# confirmed by its peers, and every request with it.
osd_heartbeat_grace = 86400
osd_op_thread_suicide_timeout = 0
osd_data = $CLUSTER/osd
osd_objectstore = memstore
memstore_device_bytes = 8589934592
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 2
[client]
rgw_data = $CLUSTER/gateway
rgw_frontends = beast endpoint=127.0.0.1:$HTTP
rgw_dns_name = localhost
rgw_thread_pool_size = 64
rgw_crypt_require_ssl = false
rgw_enable_apis = s3
# Deleted objects give their memory back soon (normally after two hours), but a reader of one can still end.
rgw_gc_obj_min_wait = 20
rgw_gc_processor_period = 10
CONF
}

start_cluster() {
  read -r HTTP MON_V2 MON_V1 <<<"$(free_ports 3)"
  local fsid osd
  fsid=$(cat /proc/sys/kernel/random/uuid)
  osd=$(cat /proc/sys/kernel/random/uuid)
  mkdir -p "$CLUSTER"/{mon,osd,gateway,crash}
  write_config "$fsid"
  monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$MON_V2,v1:127.0.0.1:$MON_V1]" "$CLUSTER/monmap" \
    >"$CLUSTER/setup.out" 2>&1
  ceph-mon --mkfs -i a --monmap "$CLUSTER/monmap" >>"$CLUSTER/setup.out" 2>&1
  run_daemon mon ceph-mon -i a
  ceph --connect-timeout 30 osd new "$osd" >>"$CLUSTER/setup.out" 2>&1
  ceph-osd -i 0 --mkfs --osd-uuid "$osd" >>"$CLUSTER/setup.out" 2>&1
  run_daemon osd ceph-osd -i 0
  timeout 60 radosgw-admin user create --uid=test --display-name=test \
    --access-key="$ACCESS_KEY_ID" --secret-key="$SECRET_ACCESS_KEY" >>"$CLUSTER/setup.out" 2>&1
  run_daemon gateway radosgw -n client.rgw.a
  await_gateway
  s3 PUT "http://127.0.0.1:$HTTP/$BUCKET"
  cat >"$CLUSTER/settings.ready" <<ENV
S3_ENDPOINT=http://127.0.0.1:$HTTP
S3_REGION=$REGION
S3_BUCKET=$BUCKET
S3_ACCESS_KEY_ID=$ACCESS_KEY_ID
S3_SECRET_ACCESS_KEY=$SECRET_ACCESS_KEY
S3_FORCE_PATH_STYLE=true
ENV
}

s3() { # method, address
  curl -sfS -m 10 -o /dev/null -X "$1" -H "Content-Length: 0" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" --aws-sigv4 "aws:amz:$REGION:s3" \
    --user "$ACCESS_KEY_ID:$SECRET_ACCESS_KEY" "$2"
}

await_gateway() {
  for _ in $(seq 300); do
    sleep 0.1
    curl -s -o /dev/null "http://127.0.0.1:$HTTP/" && return
    daemon_pid gateway >/dev/null || return 1
  done
  return 1
}

serving() {
  local name
  for name in mon osd gateway; do daemon_pid $name >/dev/null || return 1; done
  local probe
  probe=$(sed -n 's/^S3_ENDPOINT=//p' "$CLUSTER/settings.ready" 2>/dev/null)/$BUCKET/gateway-probe
  # A gateway that has lost its cluster still answers, but stores nothing.
  s3 PUT "$probe" 2>/dev/null && s3 DELETE "$probe" 2>/dev/null
}

start_failed() {
  say "the cluster did not start; the last words of its programs:"
  tail -n 5 "$CLUSTER"/*.out >&2 || true
  stop_daemons
  trap - EXIT
  exit 1
}

start() {
  unpack_packages
  use_packages
  if ! serving; then
    stop_daemons
    trap start_failed EXIT
    start_cluster
    trap - EXIT
  fi
  cat "$CLUSTER/settings.ready"
}

mkdir -p "$CACHE"
exec 9>"$CACHE/lock"
flock -w 600 9 || die "another start or stop has held $CACHE/lock for ten minutes"
case ${1:-} in
  start) start ;;
  stop) stop_daemons ;;
  *) die "usage: $0 start|stop" ;;
esac
