import { describe, expect, test } from 'vitest';
import { devices } from '../machine/device/index.ts';
import { listWords } from '../words.ts';
import { measuredSteps } from './step/walk-steps.ts';
import { problemLines, scenarioText, soundScenarioOf } from './test-scenario.ts';

const stepsOf = (sequence: string) => soundScenarioOf(scenarioText({ sequence })).variants[0]?.steps;
const idsOf = (sequence: string) => measuredSteps(stepsOf(sequence) ?? []).map(({ deviceId }) => deviceId);
const wrongIn = (sequence: string) => problemLines(scenarioText({ sequence }));
const forms =
  'boot, plug: <device>, unplug: <device or id>, wait: <time or until>, parallel: [<steps>, <steps>], repeat: { times, steps }, load: { guest, host, steps }, pause, resume, reset, rescan, inspect: iommu-groups or check: devices';

describe('devices', () => {
  test('are named after their kind and get the first free slot', () => {
    const disk = { device: 'virtio-blk', options: { backend: 'null-co' } };
    expect(stepsOf('[boot, plug: virtio-blk, plug: virtio-blk, unplug: virtio-blk, plug: virtio-blk]')).toEqual([
      { operation: 'plug', ...disk, deviceId: 'virtio-blk', slot: 0, sequence: 1 },
      { operation: 'plug', ...disk, deviceId: 'virtio-blk-2', slot: 1, sequence: 2 },
      { operation: 'unplug', ...disk, deviceId: 'virtio-blk', slot: 0, sequence: 3 },
      { operation: 'plug', ...disk, deviceId: 'virtio-blk-3', slot: 0, sequence: 4 },
    ]);
  });

  test('keep the ids and options that the file gives them', () => {
    const sequence = '[boot, plug: { device: virtio-blk, id: disk0, backend: { file: ../disk.raw } }]';
    expect(stepsOf(sequence)).toEqual([
      {
        operation: 'plug',
        device: 'virtio-blk',
        deviceId: 'disk0',
        slot: 0,
        sequence: 1,
        options: { backend: { file: '/disk.raw' } },
      },
    ]);
  });

  test('without an id do not take one that the file gives to another, before or after', () => {
    const sequence =
      '[boot, plug: virtio-blk, plug: { device: virtio-blk, id: virtio-blk }, plug: { device: virtio-blk, id: virtio-blk-3 }, plug: virtio-blk]';
    expect(idsOf(sequence)).toEqual(['virtio-blk-2', 'virtio-blk', 'virtio-blk-3', 'virtio-blk-4']);
  });

  test('a word that is both an id and a kind means the device with that id', () => {
    const sequence = '[boot, plug: { device: virtio-blk, id: a }, plug: virtio-blk, unplug: virtio-blk, unplug: a]';
    expect(idsOf(sequence)).toEqual(['a', 'virtio-blk', 'virtio-blk', 'a']);
  });

  test('are unplugged by id, or by kind: then the oldest of those still there', () => {
    const plugs =
      'boot, plug: { device: virtio-blk, id: a }, plug: { device: virtio-blk, id: b }, plug: { device: virtio-blk, id: c }';
    const unplugged = (steps: string) => idsOf(`[${plugs}, ${steps}]`)?.slice(3);
    expect(unplugged('unplug: virtio-blk, unplug: virtio-blk, unplug: virtio-blk')).toEqual(['a', 'b', 'c']);
    expect(unplugged('unplug: { id: a }, unplug: virtio-blk, unplug: c')).toEqual(['a', 'b', 'c']);
  });
});

describe('inspect', () => {
  const disk = (id: string) => `plug: { device: virtio-blk, id: ${id} }`;
  const inspected = (sequence: string, settings = '{ guest: { iommu: true } }') => {
    const text = scenarioText({ variants: `{ a: ${settings} }`, sequence });
    return problemLines(text).length > 0 ? problemLines(text) : soundScenarioOf(text).variants[0]?.steps;
  };

  test('looks at the devices that are plugged at that step, the oldest first', () => {
    const steps = inspected(`[boot, ${disk('a')}, ${disk('b')}, unplug: a, ${disk('c')}, inspect: iommu-groups]`);
    expect(steps?.at(-1)).toMatchObject({
      operation: 'inspect',
      what: 'iommu-groups',
      devices: [
        { deviceId: 'b', slot: 1 },
        { deviceId: 'c', slot: 0 },
      ],
    });
  });

  test('needs a device to look at', () => {
    expect(inspected(`[boot, ${disk('a')}, unplug: a, inspect: iommu-groups]`)).toEqual([
      '4:75: nothing is plugged at this step, expected a plug step before it',
    ]);
  });

  test('knows one thing to look for', () => {
    expect(inspected(`[boot, ${disk('a')}, inspect: iommu-group]`)).toEqual([
      '4:64: "inspect" is "iommu-group", expected iommu-groups, did you mean "iommu-groups"?',
    ]);
  });

  test('needs an IOMMU in every variant', () => {
    expect(inspected(`[boot, ${disk('a')}, inspect: iommu-groups]`, '{}')).toEqual([
      '3:13: the sequence inspects iommu-groups, and the variant "a" has no IOMMU, expected "guest: { iommu: true }" and a topology on q35',
    ]);
  });
});

describe('boot', () => {
  test('alone is a sequence', () => {
    expect(stepsOf('[boot]')).toEqual([]);
  });

  test.each([
    ['[]', `4:11: "sequence" is an empty list, expected a list of steps that begins with boot, at the most 1000`],
    ['boot', `4:11: "sequence" is "boot", expected a list of steps that begins with boot, at the most 1000`],
    [
      '[plug: virtio-blk]',
      '4:12: the sequence does not begin with boot, expected boot as the first step and nowhere else',
    ],
    ['[boot, boot]', '4:18: boot as step 2, expected boot as the first step and nowhere else'],
    ['[plug: virtio-blk, boot]', '4:30: boot as step 2, expected boot as the first step and nowhere else'],
  ])('%s: refused', (sequence, expected) => {
    expect(wrongIn(sequence)).toEqual([expected]);
  });
});

describe('steps', () => {
  test.each([
    ['pause: 3s', `4:18: unknown key "pause" in item 2 of "sequence", expected ${forms}`],
    ['plg: virtio-blk', `4:18: unknown key "plg" in item 2 of "sequence", expected ${forms}, did you mean "plug"?`],
    ['bot', `4:18: item 2 of "sequence" is "bot", expected ${forms}, did you mean "boot"?`],
    ['wait', `4:18: item 2 of "sequence" is "wait", expected ${forms}`],
    ['5', `4:18: item 2 of "sequence" is 5, expected ${forms}`],
    [
      '{ plug: virtio-blk, unplug: virtio-blk }',
      `4:18: item 2 of "sequence" is a map with "plug" and "unplug", expected ${forms}`,
    ],
    ['{}', `4:18: item 2 of "sequence" is an empty map, expected ${forms}`],
  ])('%s: not one of the known', (step, expected) => {
    expect(wrongIn(`[boot, ${step}]`)).toEqual([expected]);
  });

  const open = '"device", "id", "count", "bus", "addr", "together", "gap", "at", "hold", "expect" or "retry"';
  const keys = open.replaceAll('"', '');
  const kinds = listWords([...devices.keys(), 'default'], 'or');
  const device = `${kinds}, or a map with "device" and the device's options, ${open.replace('"device", ', '')}`;
  test.each([
    ['virtio-bkl', [`4:24: "plug" is "virtio-bkl", expected ${device}, did you mean "virtio-blk"?`]],
    ['', [`4:18: "plug" is empty, expected ${device}`]],
    ['{ device: virtio-nett }', [`4:34: "device" is "virtio-nett", expected ${kinds}, did you mean "virtio-net"?`]],
    [
      '{ id: a }',
      ['4:24: it is open what to plug, expected a device here, or "device" among the settings of the variant'],
    ],
    ['{ devise: virtio-blk }', [`4:26: unknown key "devise" in "plug", expected ${keys}, did you mean "device"?`]],
    [
      '{ device: virtio-blk, bakend: null-co }',
      [`4:46: unknown key "bakend" in "plug", expected backend, queues, ${keys}, did you mean "backend"?`],
    ],
    [
      '{ device: virtio-blk, backend: nul-co }',
      ['4:55: "backend" is "nul-co", expected null-co or a map with file, did you mean "null-co"?'],
    ],
    [
      '{ device: virtio-blk, backend: { file: 5 } }',
      ['4:63: "file" is 5, expected text (path of a raw image, opened read-only)'],
    ],
  ])('plug: %s: refused', (argument, expected) => {
    expect(wrongIn(`[boot, plug: ${argument}]`)).toEqual(expected);
  });

  test.each(['5disk', '-a', 'a b', '', 'a'.repeat(32)])('the id "%s" is refused', (id) => {
    expect(wrongIn(`[boot, plug: { device: virtio-blk, id: "${id}" }]`)).toEqual([
      `4:50: "id" is "${id}", expected an id: a letter, then letters, digits, ".", "_" or "-", at the most 31 in all`,
    ]);
  });

  test('an id stands for one device at a time', () => {
    const disk = 'plug: { device: virtio-blk, id: a }';
    expect(wrongIn(`[boot, ${disk}, unplug: a, ${disk}]`)).toEqual([]);
    const twice = 'the id "a" for the second time, expected an id of its own for each device that is plugged';
    expect(wrongIn(`[boot, ${disk}, ${disk}]`)).toEqual([`4:87: ${twice}`]);
    expect(wrongIn(`[boot, ${disk}, plug: { device: nvme, id: a, count: 2 }]`)).toEqual([`4:81: ${twice}`]);
  });

  test.each([
    ['unplug: virtio-blk', '4:26: "virtio-blk" is not plugged at this step, expected a plug step before it'],
    ['plug: virtio-blk, unplug: disk0', '4:44: "disk0" is not plugged at this step, expected virtio-blk'],
    [
      'plug: { device: virtio-blk, id: disk0 }, unplug: disk1',
      '4:67: "disk1" is not plugged at this step, expected disk0, did you mean "disk0"?',
    ],
    [
      'plug: { device: virtio-blk, id: disk0 }, unplug: { id: virtio-blk }',
      '4:73: "virtio-blk" is not plugged at this step, expected disk0',
    ],
    [
      'plug: virtio-blk, unplug: virtio-blk, unplug: virtio-blk',
      '4:64: "virtio-blk" is not plugged at this step, expected a plug step before it',
    ],
  ])('%s: nothing to unplug', (steps, expected) => {
    expect(wrongIn(`[boot, ${steps}]`)).toEqual([expected]);
  });

  test('longer than any use are refused before they are followed', () => {
    expect(wrongIn(`[boot${', plug: virtio-blk, unplug: virtio-blk'.repeat(20_000 / 40)}]`)).toEqual([
      '4:11: "sequence" is a list, expected a list of steps that begins with boot, at the most 1000',
    ]);
  });
});
