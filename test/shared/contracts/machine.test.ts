import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hostText,
  isSilent,
  type Machine,
  machineTag,
  outermostPids,
  silentElsewhereMs,
  whereabouts,
} from '../../../shared/contracts/machine.ts';

const here: Machine = { host: 'lab', id: 'a1', boot: 'boot-1', pids: outermostPids };
const container: Machine = { ...here, id: null, pids: '4026532178' };
const windows: Machine = { host: 'PC', id: 'b2', boot: null, pids: null };
const nameless: Machine = { host: 'box', id: null, boot: null, pids: null };
const mac: Machine = { host: 'mac', id: 'c3', boot: 'session-1', pids: null };

// Each row of the table at `Whereabouts`, in its order.
const rows: readonly [string, Machine | undefined, Machine, ReturnType<typeof whereabouts>][] = [
  ['a run of an older version', undefined, here, 'here'],
  ['the same machine', here, here, 'here'],
  ['the same machine with another host name', { ...here, host: 'lab-2' }, here, 'here'],
  ['the same container', container, container, 'here'],
  ['a container, from its host', container, here, 'elsewhere'],
  ['the host, from its container', here, container, 'elsewhere'],
  ['another container of this host', { ...container, pids: '4026532999' }, container, 'elsewhere'],
  ['the same machine before it was started again', here, { ...here, boot: 'boot-2' }, 'earlierBoot'],
  ['the same Mac before it was started again', mac, { ...mac, boot: 'session-2' }, 'earlierBoot'],
  ['a container of a host that was started again', container, { ...container, boot: 'boot-2' }, 'elsewhere'],
  [
    'the same image on another host',
    { ...container, id: 'a1' },
    { ...container, id: 'a1', boot: 'boot-2' },
    'elsewhere',
  ],
  ['another host name and id', { host: 'ward', id: 'd4', boot: 'boot-3', pids: outermostPids }, here, 'elsewhere'],
  ['another machine of this host name', { ...here, id: 'd4', boot: 'boot-3' }, here, 'elsewhere'],
  ['a clone of the id with another host name', { ...here, host: 'ward', boot: 'boot-3' }, here, 'elsewhere'],
  ['no id, another boot', { ...here, id: null }, { ...here, id: null, boot: 'boot-2' }, 'elsewhere'],
  ['a boot known here only', { ...here, boot: null }, here, 'elsewhere'],
  ['a boot known there only', here, { ...here, boot: null }, 'elsewhere'],
  ['Windows, which names no boot', windows, windows, 'here'],
  ['a system that tells nothing but its name', nameless, nameless, 'here'],
  ['another Windows machine of this name', { ...windows, id: 'e5' }, windows, 'elsewhere'],
  ['another system that tells nothing but its name', { ...nameless, host: 'ward' }, nameless, 'elsewhere'],
];
for (const [name, theirs, ours, expected] of rows)
  test(`whereabouts() of ${name}: ${expected}`, () =>
    assert.equal(whereabouts(theirs && machineTag(theirs), machineTag(ours)), expected));

test('machineTag() is 16 hex digits and does not contain the host name', () => {
  for (const machine of [here, container, windows, nameless, mac]) assert.match(machineTag(machine), /^[0-9a-f]{16}$/);
});

test('hostText() distinguishes two machines of one name, and a container from its host', () => {
  assert.equal(hostText({ ...here, host: 'ward' }, here), 'ward');
  assert.equal(hostText(container, here), 'lab (container)');
  assert.equal(hostText(here, container), 'lab (host)');
  assert.match(hostText({ ...here, id: 'd4', boot: 'boot-3' }, here), /^lab \(ID [0-9a-f]{4}\)$/);
});

test("isSilent() exceeds a runner's heartbeat interval, and tolerates a clock that is ahead", () => {
  assert.equal(isSilent({ host: 'ward', lastSignMs: 0 }, silentElsewhereMs), false);
  assert.equal(isSilent({ host: 'ward', lastSignMs: 0 }, silentElsewhereMs + 1), true);
  assert.equal(isSilent({ host: 'ward', lastSignMs: 9e9 }, 0), false);
});
