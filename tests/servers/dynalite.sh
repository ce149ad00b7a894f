#!/usr/bin/env bash
# A DynamoDB server on loopback for tests: dynalite, in memory. It does conditional puts and the limit of 400 KB; no transactions, no time to live.
# usage: dynalite.sh install | start FOLDER PORT PID (ends when the process PID does) | stop FOLDER
set -u
here=$(cd "$(dirname "$0")/dynalite" && pwd)
case ${1:?} in
install)
  [ -d "$here/node_modules/dynalite" ] || (cd "$here" && npm install --silent --no-audit --no-fund --ignore-scripts) || exit 1
  ;;
start)
  folder=${2:?} port=${3:?} pid=${4:?}
  [ -d "$here/node_modules/dynalite" ] || { echo "run tests/servers/dynalite.sh install" >&2; exit 1; }
  setsid nohup node "$here/node_modules/dynalite/cli.js" --host 127.0.0.1 --port "$port" \
    --createTableMs 20 --deleteTableMs 20 --updateTableMs 20 >"$folder/log" 2>&1 </dev/null &
  server=$!
  echo "$server" >"$folder/pid"
  # However the tests end, the server does not stay.
  setsid nohup bash -c "while kill -0 $pid 2>/dev/null; do sleep 1; done; kill $server" >/dev/null 2>&1 </dev/null &
  for _ in $(seq 100); do
    curl -s -o /dev/null -m 1 "http://127.0.0.1:$port/" && exit 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$folder/log" >&2
  exit 1
  ;;
stop)
  [ -s "${2:?}/pid" ] && kill "$(cat "$2/pid")" 2>/dev/null
  exit 0
  ;;
esac
