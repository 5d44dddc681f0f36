import { expect, test } from 'vitest';
import type { AgentMessage } from '../guest/protocol.ts';
import { missingParameter } from './check-parameters.ts';
import type { Session } from './session.ts';

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
