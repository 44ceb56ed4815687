#!/usr/bin/env bash
# onnxruntime-node 1.30.0 (Linux x64; Node.js 20 or later): switching its telemetry off inside a worker thread has no effect.
#
# Expected: a program that sets process.env.ORT_DISABLE_TELEMETRY = '1' before it creates its first session leaves no files behind,
#           on whichever thread; and a runtime that was never asked to report writes no device id.
# Seen:     by default the first InferenceSession writes a persistent device id below ~/.cache/Microsoft and a log into the temporary
#           folder. Set on the main thread (or before Node starts) the variable prevents it. Set in a worker thread it does not:
#           process.env is a copy there, which native code never sees.
#
# Runs without a network if `unshare` can provide that, so nothing is sent. Exits 1 when the behaviour has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true}' >package.json
ONNXRUNTIME_NODE_INSTALL=skip npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0

cat >session.mjs <<'JS'
import { isMainThread, Worker } from 'node:worker_threads';
const [mode] = process.argv.slice(2);
// One Relu over [1, 4].
const model = Buffer.from('@MODEL@', 'base64');
const create = async () => {
  const { InferenceSession } = await import('onnxruntime-node');
  await InferenceSession.create(model);
};
if (!isMainThread) {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  await create();
} else if (mode === 'worker') {
  await new Promise((resolve, reject) => new Worker(new URL(import.meta.url)).once('exit', resolve).once('error', reject));
} else {
  if (mode === 'main') process.env.ORT_DISABLE_TELEMETRY = '1';
  await create();
}
JS
sed -i "s|@MODEL@|CAk6RAoMCgF4EgF5IgRSZWx1EgpzZWNyZXRuYW1lWhMKAXgSDgoMCAESCAoCCAEKAggEYhMKAXkSDgoMCAESCAoCCAEKAggEQgQKABAR|" session.mjs

offline=()
unshare -rn true 2>/dev/null && offline=(unshare -rn)
# CI variables turn the reporting off, too, so the program gets none of them.
leaves() {
  mkdir -p "$work/$1/tmp"
  "${offline[@]}" env -i PATH="$PATH" HOME="$work/$1" TMPDIR="$work/$1/tmp" node session.mjs "$1"
  if [ -n "$(find "$work/$1" -name deviceid)" ]; then echo "device id"; else echo "nothing"; fi
}
seen="default: $(leaves default); set on the main thread: $(leaves main); set in a worker: $(leaves worker)"
echo "onnxruntime-node 1.30.0 leaves, $seen"
[ "$seen" = "default: device id; set on the main thread: nothing; set in a worker: device id" ] || { echo "changed"; exit 1; }
