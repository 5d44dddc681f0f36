import { expect, test } from 'vitest';
import type { AgentMessage } from '../../guest/protocol.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import type { Session } from '../session/session.ts';
import { missingParameter, wrongController } from './verify-guest.ts';

const topology = topologyOf('pcie-root-port');
const used = topology.slots({ ports: 1 });
const slot = (driver: string, place = '02.0/00.0') => {
  return { name: '1', place, owner: { known: true as const, driver, because: ['a sign'] } };
};
const promises = 'pcie-root-port promises pciehp, but slot 02.0/00.0';

test('the promised driver owns the slot', () => {
  expect(wrongController(topology, used, [slot('pciehp'), slot('acpiphp', '1f.0')])).toBeUndefined();
});

test('another driver is named, with what tells of it', () => {
  expect(wrongController(topology, used, [slot('acpiphp')])).toBe(`${promises} is owned by acpiphp (told by a sign)`);
});

test('a slot that is not there, and one that nobody can be named for, are said as that', () => {
  expect(wrongController(topology, used, [])).toBe(`${promises} is not in the guest: it lists no slot there`);
  const unowned = { ...slot(''), owner: { known: false as const, problem: 'has no owner that can be named: …' } };
  expect(wrongController(topology, used, [unowned])).toBe(`${promises} has no owner that can be named: …`);
});

test('of several wrong slots one is told in full', () => {
  const three = topology.slots({ ports: 3 });
  expect(wrongController(topology, three, [slot('acpiphp'), slot('pciehp', '03.0/00.0')])).toBe(
    `${promises} is owned by acpiphp (told by a sign); and so 1 more slot of the 3 used`,
  );
});

/** A guest that has these files and rejects every other. */
function guestWith(files: readonly string[], asked: string[] = []): Session {
  const answer = (kind: string, fields: Record<string, string>): AgentMessage => ({
    sequence: 1,
    guestNs: 0,
    kind,
    fields,
  });
  return {
    clock: 'real',
    slowness: () => 1,
    pairClocks: async () => false,
    letRun: (wait) => wait(),
    rest: async () => {},
    execute: async () => ({ ok: true, value: {} }),
    stop: async () => {},
    newDirectory: async () => '',
    startBackend: async () => ({ ok: false, failure: 'nothing is started here' }),
    ask: async (_verb, fields = {}) => {
      asked.push(`${fields.file} ${fields.value}`);
      if (files.includes(fields.file ?? '')) return [answer('done', {})];
      return [answer('rejected', { reason: 'No such file or directory' })];
    },
  };
}

test('a wait that the kernel has is set once more to the same value', async () => {
  const asked: string[] = [];
  const guest = guestWith(['/sys/module/shpchp/parameters/settle_ms'], asked);
  expect(await missingParameter(guest, { 'shpchp.settle-ms': '0', quiet: null, 'pci.x': '1' })).toBeUndefined();
  expect(asked).toEqual(['/sys/module/shpchp/parameters/settle_ms 0']);
});

test('a wait that it lacks is named, with what the kernel said', async () => {
  expect(await missingParameter(guestWith([]), { 'pciehp.button_delay_ms': '100' })).toBe(
    'the guest kernel has no parameter pciehp.button_delay_ms that could be set to 100: No such file or directory',
  );
});
