import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { slotOwner } from '../guest/slot-owner.ts';
import { parseRecording } from '../record/read-recording.ts';
import { analyse } from '../timeline/analyse.ts';
import type { RecordedEvent } from '../timeline/recording.ts';

const NAP_US = 3_000;

/** A real plug under ACPI in which the guest says what a made-up driver would: it notices, naps 3 ms, and scans. */
function recorded(): readonly RecordedEvent[] {
  const text = readFileSync(new URL('../timeline/fixtures/acpi-root-port.jsonl', import.meta.url), 'utf8');
  const recording = parseRecording(text);
  if (!recording.ok) throw new Error(recording.failure);
  return recording.value.events.flatMap((event): readonly RecordedEvent[] => {
    if (event.source !== 'agent' || event.direction !== 'received') return [event];
    const { message } = event;
    const { text: line = '', us } = message.fields;
    const said = (words: string, laterUs = 0): RecordedEvent => {
      const fields = { ...message.fields, text: `madeup: Slot(1) ${words}`, us: String(Number(us) + laterUs) };
      return { ...event, message: { ...message, fields } };
    };
    if (/acpiphp_glue: (Device|Bus) check/.test(line)) return [said('noticed', -NAP_US), said('awake')];
    if (/acpiphp_glue: Eject request/.test(line)) return [said('let go')];
    return [event];
  });
}

test('a recording of it is told apart by its own phases', () => {
  const [, plug, unplug] = analyse(recorded(), 'madeup');
  expect(plug?.judged.outcome).toBe('ok');
  expect(plug?.phases.map(({ name }) => name)).toEqual([
    ...['qmp-command', 'notify', 'nap-wait', 'enumeration', 'driver-probe', 'device-node', 'first-use'],
  ]);
  expect(plug?.phases.find(({ name }) => name === 'nap-wait')?.durationMs).toBeCloseTo(NAP_US / 1e3, 1);
  expect(unplug?.phases.map(({ name }) => name)).toEqual(['qmp-command', 'notify', 'driver-removal', 'qemu-deletion']);
});

test('it is recognised by the driver of the bridge', () => {
  const signs = { operable: true, bridge: { address: '0000:00:02.0', driver: 'madeup', services: [] } };
  expect(slotOwner('1', signs, [])).toMatchObject({ known: true, driver: 'madeup' });
});
