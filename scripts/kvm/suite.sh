#!/bin/bash
# The commands of the tests of KVM, on a host where KVM works: suite.sh FOLDER PART. In the folder there is then, for each, its
# run directory, what it said, and a line with its exit code and its seconds in `commands`. The parts take about as long as
# each other, so that two emulated hosts can share them.
set -u
out=$1 part=$2
cd "$(dirname "$0")/../.." || exit 1
export PATH=$PWD/scripts/kvm/qemu:$PATH HOTPLUG_BENCH_NO_INSTALL=1 NO_COLOR=1

bench() {
  local name=$1 began=$SECONDS
  shift
  node scripts/bench.mjs "$@" --out "$out/$name" > "$out/$name.log" 2>&1
  echo "$name $? $((SECONDS - began))" >> "$out/commands"
}

# Kills the QEMU of a boot when it has been told to plug a second device.
kill_in_second_plug() {
  local recording=$out/suite/latest/recording/$1.jsonl
  until [ "$(grep -c '"execute":"device_add"' "$recording" 2> /dev/null)" = 2 ]; do sleep 0.5; done
  kill -KILL "$(sed -n 's/.*"event":"started","pid":\([0-9]*\).*/\1/p' "$recording" | head -1)"
}

case $part in
  quick)
    bench quick scenarios/quick.yaml --boots 1
    ;;
  machines)
    bench refused scripts/kvm/refused.yaml
    kill_in_second_plug kvm.kata.001 &
    killer=$!
    bench suite scripts/kvm/suite.yaml --jobs 2 --force
    kill $killer 2> /dev/null
    ;;
esac
