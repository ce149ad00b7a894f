#!/usr/bin/env bash
# A real S3 server for tests: Ceph's gateway over one monitor and one object store daemon in memory, on loopback, without authentication between them.
#
#   radosgw.sh install            what it needs, from Debian or Ubuntu (72 MB)
#   radosgw.sh start DIR PORT [PID]   serves S3 at PORT (PORT+1 to PORT+15 are used too); ends by itself when the process PID does
#   radosgw.sh stop DIR
#
# Key and secret: testkey, testsecret. All data, logs and configuration are in DIR.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

fail() { echo "radosgw.sh: $*" >&2; exit 1; }

install() {
  command -v ceph-mon >/dev/null && command -v ceph-osd >/dev/null && command -v radosgw >/dev/null && return
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ceph-mon ceph-osd radosgw >/dev/null
}

stop() {
  local name pid
  for name in watch gateway store monitor; do
    [ -s "$1/$name.pid" ] || continue
    pid=$(<"$1/$name.pid")
    rm -f "$1/$name.pid"
    # What is in memory is lost anyway, so nobody has to say goodbye.
    kill -9 "$pid" 2>/dev/null || true
  done
}

configure() {
  local dir=$1 port=$2
  cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $3
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
crash_dir = $dir/run
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
mon_initial_members = a
mon_host = v2:127.0.0.1:$((port + 1))
ms_bind_msgr1 = false
ms_bind_port_min = $((port + 2))
ms_bind_port_max = $((port + 15))
ms_mon_client_mode = crc secure
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = true
log_to_stderr = false
err_to_stderr = true
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
osd_max_pg_per_osd_hard_ratio = 10
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
rgw_rados_pool_pg_num_min = 1
[mon]
mon_data = $dir/monitor
log_file = $dir/monitor.log
mon_cluster_log_file = $dir/cluster.log
mon_data_avail_warn = 2
mon_data_avail_crit = 1
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[osd]
osd_data = $dir/store
log_file = $dir/store.log
osd_objectstore = memstore
memstore_device_bytes = $((4 << 30))
osd_op_num_shards = 1
osd_op_num_threads_per_shard = 2
osd_class_load_list = *
osd_class_default_list = *
[client.rgw]
rgw_data = $dir/gateway
keyring = $dir/gateway/keyring
log_file = $dir/gateway.log
rgw_frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw_thread_pool_size = 32
rgw_enable_apis = s3, admin
rgw_enable_usage_log = false
rgw_override_bucket_index_max_shards = 1
rgw_dynamic_resharding = false
rgw_gc_obj_min_wait = 5
rgw_gc_processor_period = 10
CONF
}

background() {
  local dir=$1 name=$2
  shift 2
  setsid "$@" >>"$dir/$name.out" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}

start() {
  local dir port owner conf id
  command -v ceph-mon >/dev/null && command -v ceph-osd >/dev/null && command -v radosgw >/dev/null ||
    fail "ceph-mon, ceph-osd and radosgw are not installed: run '$0 install' as root"
  mkdir -p "$1"
  dir=$(cd "$1" && pwd) port=$2 owner=${3:-}
  stop "$dir"
  rm -rf "${dir:?}"/{monitor,store,gateway,run}
  mkdir -p "$dir"/{monitor,store,gateway,run}
  id=$(</proc/sys/kernel/random/uuid)
  configure "$dir" "$port" "$id"
  conf=(-c "$dir/ceph.conf")
  {
    monmaptool --create --clobber --fsid "$id" --addv a "v2:127.0.0.1:$((port + 1))" "$dir/monmap"
    ceph-authtool --create-keyring --gen-key -n client.rgw "$dir/gateway/keyring"
    ceph-mon "${conf[@]}" --mkfs -i a --monmap "$dir/monmap"
  } >"$dir/start.log" 2>&1 || fail "the monitor cannot be made: $(tail -3 "$dir/start.log")"
  background "$dir" monitor ceph-mon "${conf[@]}" -i a -f
  id=$(</proc/sys/kernel/random/uuid)
  {
    timeout 30 ceph "${conf[@]}" osd new "$id" 0
    ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$id"
  } >>"$dir/start.log" 2>&1 || { stop "$dir"; fail "the object store cannot be made: $(tail -3 "$dir/start.log")"; }
  background "$dir" store ceph-osd "${conf[@]}" -i 0 -f
  timeout 60 radosgw-admin "${conf[@]}" -n client.rgw user create --uid=test --display-name=test \
    --access-key=testkey --secret-key=testsecret --max-buckets=100000 >>"$dir/start.log" 2>&1 ||
    { stop "$dir"; fail "no user can be made: $(tail -3 "$dir/start.log")"; }
  background "$dir" gateway radosgw "${conf[@]}" -n client.rgw -f
  if [ -n "$owner" ]; then
    background "$dir" watch bash -c "while kill -0 $owner 2>/dev/null; do sleep 1; done; '$(realpath "$0")' stop '$dir'"
  fi
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
    sleep 0.1
  done
  stop "$dir"
  fail "the gateway does not answer: $(tail -3 "$dir/gateway.out" "$dir/gateway.log")"
}

case "${1:-}" in
  install) install ;;
  start) start "${2:?DIR}" "${3:?PORT}" "${4:-}" ;;
  stop) stop "${2:?DIR}" ;;
  *) fail "usage: $0 install | start DIR PORT [PID] | stop DIR" ;;
esac
