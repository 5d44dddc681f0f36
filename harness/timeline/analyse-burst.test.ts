import { describe, expect, test } from 'vitest';
import { type OperationName, UNATTRIBUTED } from '../vocabulary.ts';
import { type AnalysedOperation, analyse } from './analyse.ts';
import { recorded } from './recorded.fixture.ts';
import type { RecordedEvent } from './recording.ts';

/** Recordings of real bursts of four disks, plugged and unplugged together: QEMU 7.2 under TCG, 2 CPUs, a 6.1 kernel. */
function analysed(name: string, change = (events: readonly RecordedEvent[]) => events) {
  const { header, events } = recorded(name);
  return analyse(change(events), header.controller);
}

const only = (operations: readonly AnalysedOperation[], operation: OperationName) =>
  operations.filter(({ judged }) => judged.operation.operation === operation);
/** Milliseconds in a phase, over all that is called so. */
const spentMs = ({ phases }: AnalysedOperation, name: string) =>
  phases.filter((phase) => phase.name === name).reduce((sum, { durationMs }) => sum + durationMs, 0);
/** In the order in which the guest handled them. */
const byQueue = (operations: readonly AnalysedOperation[]) =>
  operations.map((operation) => spentMs(operation, 'queue-wait')).toSorted((a, b) => a - b);

describe.each(['shpc-burst', 'pcie-burst', 'acpi-burst'])('%s', (name) => {
  test('every plug and unplug is one of a burst of four, told from each other; the boot is none', () => {
    const operations = analysed(name);
    expect(operations.map(({ burst }) => burst)).toEqual([
      undefined,
      ...Array(4).fill({ first: 1, size: 4 }),
      ...Array(4).fill({ first: 5, size: 4 }),
    ]);
  });

  test('phases of every device add up to its latency and leave nothing unexplained', () => {
    for (const { judged, phases } of analysed(name)) {
      const sumMs = phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
      expect(sumMs).toBeCloseTo(judged.latencyMs ?? Number.NaN, 6);
      // Of the boot's log little is left in these recordings.
      if (judged.operation.operation !== 'boot') expect(phases.map((phase) => phase.name)).not.toContain(UNATTRIBUTED);
    }
  });

  test('one device of each burst does not stand in line', () => {
    const operations = analysed(name);
    expect(byQueue(only(operations, 'plug'))[0]).toBe(0);
    expect(byQueue(only(operations, 'unplug'))[0]).toBe(0);
  });

  test("where the kernel says little, a device gets no edge of another's", () => {
    const silent = analysed(name, (events) =>
      events.filter((e) => !(e.source === 'agent' && e.direction === 'received' && e.message.kind === 'kmsg')),
    );
    for (const { phases } of [...only(silent, 'plug'), ...only(silent, 'unplug')]) {
      const seen = phases.map((phase) => phase.name);
      expect(seen).toContain(UNATTRIBUTED);
      expect(seen).not.toContain('button-wait');
      expect(seen).not.toContain('queue-wait');
      expect(seen).not.toContain('enumeration');
    }
  });
});

describe('SHPC', () => {
  test('plugs queue for the second that each of the others settles; their button takes no longer for it', () => {
    const plugs = only(analysed('shpc-burst'), 'plug');
    const queues = byQueue(plugs);
    for (const [index, queueMs] of queues.entries()) {
      expect(queueMs).toBeGreaterThanOrEqual(index * 1000);
      expect(queueMs).toBeLessThanOrEqual(index * 1150);
    }
    for (const plug of plugs) {
      expect(spentMs(plug, 'button-wait')).toBeGreaterThan(5000);
      expect(spentMs(plug, 'button-wait')).toBeLessThan(5270);
      expect(spentMs(plug, 'settle-wait')).toBeLessThan(1060);
    }
  });

  test('unplugs queue only for what removing the others takes', () => {
    const queues = byQueue(only(analysed('shpc-burst'), 'unplug'));
    expect(queues.at(-1)).toBeGreaterThan(50);
    expect(queues.at(-1)).toBeLessThan(500);
  });
});

test('native PCIe: a link takes as long in a burst as alone, what is more is a line', () => {
  for (const plug of only(analysed('pcie-burst'), 'plug')) {
    expect(spentMs(plug, 'link-wait')).toBeGreaterThan(120);
    expect(spentMs(plug, 'link-wait')).toBeLessThan(140);
  }
});

test('ACPI: who is handled later stands in line longer', () => {
  const unplugs = only(analysed('acpi-burst'), 'unplug');
  const queues = unplugs.map((unplug) => spentMs(unplug, 'queue-wait'));
  expect(queues).toEqual(queues.toSorted((a, b) => a - b));
  for (const unplug of unplugs) expect(spentMs(unplug, 'driver-removal')).toBeLessThan(45);
});

test('a boot from a snapshot: QEMU reads the guest, the guest goes on', () => {
  const [boot] = analysed('restore');
  expect(boot?.phases.map(({ name }) => name)).toEqual(['restore', 'resume']);
});

test.each(['race-early', 'race-late'])('%s: of a plug during the boot only the command is known', (name) => {
  const [boot, plug] = analysed(name);
  // Of its log only the last line is left in this recording.
  expect(boot?.phases.map((phase) => phase.name)).toEqual(['firmware', UNATTRIBUTED, 'init']);
  expect(plug?.phases.map((phase) => phase.name)).toEqual(['qmp-command', UNATTRIBUTED]);
  expect(plug?.phases[0]?.durationMs).toBeGreaterThan(0);
  expect([boot?.burst, plug?.burst]).toEqual([undefined, undefined]);
});
