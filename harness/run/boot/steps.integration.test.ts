import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import type { RecordedEvent } from '../../timeline/recording.ts';
import type { Clock } from '../../vocabulary.ts';
import { type RealRun, runReal } from '../test-run.ts';

/** Every kind of step, as a scenario writes it, in real guests. */

function scenario(name: string, lines: string, clock: Clock): string {
  return `name: ${name}
defaults: { clock: ${clock}, guest: { kernel: patched, cpus: ${clock === 'virtual' ? 1 : 2} }, sampling: { boots: 1, cycles: 1, warmup: 0 }, device: virtio-blk, topology: acpi-bridge }
${lines}
`;
}

/** In virtual time, unless the steps need the host's. */
function run(name: string, lines: string, clock: Clock = 'virtual'): Promise<RealRun> {
  return runReal(soundScenarioOf(scenario(name, lines, clock), `/scenarios/${name}.yaml`).variants);
}

/** Names of what was done, with the devices: `plug virtio-blk-2 ok`. */
function done({ samples }: RealRun): readonly string[] {
  return samples.map(({ operation, deviceId, outcome }) => [operation, deviceId, outcome].filter(Boolean).join(' '));
}

function loads(events: readonly RecordedEvent[]): readonly (readonly number[])[] {
  return events.flatMap((event) =>
    event.source === 'harness' && event.event === 'load' ? [[event.guestCpus, event.hostCpus]] : [],
  );
}

test('several at once overlap, several one after another do not; all are unplugged by one word', async () => {
  const result = await run(
    'together',
    `variants:
  together: { sequence: [boot, plug: { count: 4 }, unplug] }
  in-turn: { sequence: [boot, plug: { count: 3, together: false, gap: 20ms }, unplug: { device: virtio-blk, together: false, order: newest-first }] }`,
  );
  expect(result.samples.every(({ outcome }) => outcome === 'ok')).toBe(true);
  const of = (variant: string) => result.samples.filter((sample) => sample.variant === variant);
  const plugs = of('together').filter(({ operation }) => operation === 'plug');
  expect(plugs.map(({ burst }) => burst)).toEqual(Array(4).fill({ first: 1, size: 4 }));
  const begins = plugs.map(({ startMs }) => startMs);
  // They are prepared first and then begun while the machine stands still.
  expect(new Set(begins).size).toBe(1);
  expect(of('in-turn').every(({ burst }) => burst === undefined)).toBe(true);
  expect(
    of('in-turn')
      .filter(({ operation }) => operation === 'unplug')
      .map(({ deviceId }) => deviceId),
  ).toEqual(['virtio-blk-3', 'virtio-blk-2', 'virtio-blk']);
  expect(result.findings.bursts.map(({ operation, size, complete }) => [operation, size, complete])).toEqual([
    ['plug', 4, 1],
    ['unplug', 4, 1],
  ]);
  expect(result.survivors).toBe(0);
});

test('branches go their own ways at the same time, repeats repeat', async () => {
  const result = await run(
    'branches',
    `variants: { a: {} }
sequence:
  - boot
  - parallel:
      - [plug: { device: virtio-blk, id: a }, wait: 50ms, unplug: a]
      - [plug: { device: virtio-rng, id: b }]
  - repeat: { times: 2, steps: [plug: virtio-net, unplug: virtio-net] }
  - unplug: all`,
  );
  expect(done(result).toSorted()).toEqual(
    [
      ...['boot ok', 'plug a ok', 'plug b ok', 'unplug a ok', 'plug virtio-net ok', 'unplug virtio-net ok'],
      ...['plug virtio-net-2 ok', 'unplug virtio-net-2 ok', 'unplug b ok'],
    ].toSorted(),
  );
  const plugged = (id: string) =>
    result.samples.find(({ operation, deviceId }) => operation === 'plug' && deviceId === id)?.burst?.first;
  expect(plugged('a')).toBeDefined();
  expect(plugged('b')).toBe(plugged('a'));
});

test('a load is there during its steps and gone after them; a load within a load adds to it', async () => {
  const result = await run(
    'loaded',
    `variants: { a: { load: { guest: 1 } } }
sequence: [boot, load: { guest: 1, host: 1, steps: [plug] }, unplug]`,
    'real',
  );
  expect(done(result)).toEqual(['boot ok', 'plug virtio-blk ok', 'unplug virtio-blk ok']);
  expect(loads(result.events('loaded.a.001'))).toEqual([
    [1, 0],
    [2, 1],
    [1, 0],
    [0, 0],
  ]);
  expect(result.survivors).toBe(0);
});

test('a wait ends when the guest kernel says so; one that waits in vain ends the boot', async () => {
  const result = await run(
    'waits',
    `variants:
  seen: { sequence: [boot, plug, wait: { until: "probing driver virtio-pci" }, unplug] }
  never: { sequence: [boot, plug, wait: { until: "no such line", timeout: 300ms }, unplug] }`,
  );
  const of = (variant: string) => result.samples.filter((sample) => sample.variant === variant);
  expect(of('seen').map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
  expect(of('never').map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'aborted']);
  expect(of('never').at(-1)?.detail).toContain('no such line');
});

test('a plug during the boot is found early or late, and is there in the end', async () => {
  const result = await run(
    'race',
    `variants:
  early: { sequence: [boot, plug: { device: virtio-blk, at: 0ms, hold: 200ms }, unplug] }
  late: { sequence: [boot, plug: { device: virtio-blk, at: 8s, hold: 200ms }, unplug] }`,
    'real',
  );
  expect(done(result).filter((line) => line.endsWith(' ok'))).toHaveLength(6);
  const plug = (variant: string) => result.samples.find((one) => one.variant === variant && one.operation === 'plug');
  expect(plug('early')?.detail).toContain('early');
  expect(plug('late')?.detail).toContain('late');
  // A timer of Node ends up to a millisecond early.
  expect(plug('late')?.offsetMs).toBeGreaterThan(7990);
  expect(result.findings.races.map(({ variant, n }) => [variant, n])).toEqual([
    ['early', 1],
    ['late', 1],
  ]);
});

test('a failure that is expected is no failure, nor is what cannot be tried after it; one that stays away is', async () => {
  const result = await run(
    'expected',
    `variants:
  fails: { sequence: [boot, plug: { device: custom, driver: edu, expect: timeout }, unplug], timeout: { plug: 500ms } }
  works: { sequence: [boot, plug: { expect: timeout }, unplug] }`,
  );
  const of = (variant: string) => result.samples.filter((sample) => sample.variant === variant);
  expect(of('fails').map(({ outcome, expected }) => [outcome, expected])).toEqual([
    ['ok', true],
    ['timeout', true],
    ['aborted', true],
  ]);
  expect(of('works').map(({ outcome, expected }) => [outcome, expected])).toEqual([
    ['ok', true],
    ['ok', false],
    ['ok', true],
  ]);
});

test('a variant of snapshots boots once and restores the others, with clocks of their own', async () => {
  const result = await run(
    'snapshots',
    `variants: { a: { boot_mode: snapshot, sampling: { boots: 2 } } }
sequence: [boot, plug, unplug]`,
  );
  const rows = result.samples.map(({ boot, bootMode, operation, outcome }) => [boot, bootMode, operation, outcome]);
  expect(rows).toEqual([
    [0, 'fresh', 'boot', 'ok'],
    ...[1, 2].flatMap((boot) => ['boot', 'plug', 'unplug'].map((operation) => [boot, 'snapshot', operation, 'ok'])),
  ]);
  const [fresh, ...restored] = result.boots.map(({ clock }) => clock);
  expect(fresh).toBeDefined();
  expect(restored.every((clock) => clock !== undefined)).toBe(true);
  const phases = result.samples.find(({ boot, operation }) => boot === 1 && operation === 'boot')?.phases;
  expect(phases?.map(({ name }) => name)).toEqual(['restore', 'resume']);
});
