import { describe, expect, test } from 'vitest';
import { FIRST_OWN_PLACE, type Step, type Variant } from '../../variant.ts';
import { problemLines, scenarioText, soundScenarioOf } from '../test-scenario.ts';
import { measuredSteps } from './walk-steps.ts';

/** The sequence is on line 4; the variant has three root ports. */
const text = (steps: string, settings = '') =>
  scenarioText({
    variants: `{ a: { topology: { pcie-root-port: { ports: 3 } }, ${settings} } }`,
    sequence: `[boot, ${steps}]`,
  });
const variantOf = (steps: string, settings?: string): Variant => {
  const [variant] = soundScenarioOf(text(steps, settings)).variants;
  if (!variant) throw new Error('no variant');
  return variant;
};
const told = (steps: string, settings?: string) => brief(variantOf(steps, settings).steps);
const wrong = (steps: string, settings?: string) => problemLines(text(steps, settings));

/** Steps as short texts: `+id@slot`, `-id@slot`, a number of milliseconds, branches as lists. */
type Brief = string | number | readonly Brief[];
function brief(steps: readonly Step[]): readonly Brief[] {
  return steps.map((step): Brief => {
    if (step.operation === 'plug')
      return `+${step.deviceId}@${typeof step.slot === 'number' ? step.slot : step.slot.bus}`;
    if (step.operation === 'unplug') return `-${step.deviceId}@${step.slot}`;
    if (step.operation === 'wait') return 'waitMs' in step ? step.waitMs : `${step.until} ${step.timeoutMs}`;
    if (step.operation === 'load') return [`load ${step.guestCpus} ${step.hostCpus}`, ...brief(step.steps)];
    if (step.operation === 'parallel') return step.branches.map(brief);
    return 'what' in step ? step.what : step.operation;
  });
}

describe('plug', () => {
  test('plugs several at once, a gap apart, or one after another', () => {
    expect(told('plug: { device: nvme, count: 2 }')).toEqual([[['+nvme@0'], ['+nvme-2@1']]]);
    expect(told('plug: { device: nvme, count: 3, gap: 50ms }')).toEqual([
      [['+nvme@0'], [50, '+nvme-2@1'], [100, '+nvme-3@2']],
    ]);
    expect(told('plug: { device: nvme, count: 2, together: false }')).toEqual(['+nvme@0', '+nvme-2@1']);
    expect(told('plug: { device: nvme, count: 2, together: false, gap: 1s }')).toEqual(['+nvme@0', 1000, '+nvme-2@1']);
    expect(told('plug: { device: nvme, count: 1, gap: 0ms }')).toEqual(['+nvme@0']);
  });

  test('takes the device and the count of the variant where it says neither', () => {
    const settings = 'device: { device: nvme, backend: null-co }, count: 2';
    const both = [[['+nvme@0'], ['+nvme-2@1']]];
    expect(told('plug', settings)).toEqual(both);
    expect(told('plug: default', settings)).toEqual(both);
    expect(told('plug: { device: default }', settings)).toEqual(both);
    expect(told('plug: { count: 1 }', settings)).toEqual(['+nvme@0']);
    expect(told('plug: virtio-rng', settings)).toEqual([[['+virtio-rng@0'], ['+virtio-rng-2@1']]]);
    expect(wrong('plug')).toEqual([
      '4:18: it is open what to plug, expected a device here, or "device" among the settings of the variant',
    ]);
  });

  test('numbers several after the id of the first', () => {
    expect(told('plug: { device: nvme, id: a-2 }, plug: { device: nvme, id: a, count: 2 }')).toEqual([
      '+a-2@0',
      [['+a@1'], ['+a-3@2']],
    ]);
    const long = 'a'.repeat(31);
    expect(wrong(`plug: { device: nvme, id: ${long}, count: 2 }`)).toEqual([
      `4:44: "${long}-2", the id of device 2, is 33 characters long, expected at the most 31`,
    ]);
  });

  test('uses the bus it is told to', () => {
    expect(told('plug: { device: nvme, bus: port2 }, plug: { device: nvme, bus: auto }')).toEqual([
      '+nvme@2',
      '+nvme-2@0',
    ]);
    expect(wrong('plug: { device: nvme, bus: prot1 }')).toEqual([
      '4:45: the topology has no bus "prot1", expected auto, port0, port1 or port2, did you mean "port1"?',
    ]);
    expect(wrong('plug: { device: nvme, count: 2, bus: port1 }')).toEqual([
      '4:55: 2 devices for port1, but it has 1 slot, 1 of them free here, expected a free slot for each of them, or "expect: refused" where QEMU is to refuse it, "expect: [ok, refused]" the rest of several',
    ]);
  });

  test('uses the address on a bus that it is told to, in any way to write it', () => {
    expect(
      told('plug: { device: nvme, bus: port1, addr: 0 }, plug: { device: nvme, bus: port2, addr: "0x0.0" }'),
    ).toEqual(['+nvme@1', '+nvme-2@2']);
    const port = 'bus: port1, addr: 0';
    expect(wrong(`plug: { device: nvme, id: disk, ${port} }, plug: { device: nvme, ${port} }`)).toEqual([
      '4:113: the slot at "0" on port1 is in use by "disk" here, expected a free slot, or "expect: refused" where QEMU is to refuse it, "expect: [ok, refused]" the rest of several',
    ]);
    expect(wrong('plug: { device: nvme, bus: port1, addr: 3 }')).toEqual([
      '4:58: port1 has no slot at the address "3", expected "0"',
    ]);
    expect(wrong('plug: { device: nvme, addr: 0 }')).toEqual([
      '4:40: "addr" without a bus that it is on, expected "bus" beside it',
    ]);
  });

  test('needs a slot for each device', () => {
    expect(wrong('plug: { device: nvme, count: 4 }')).toEqual([
      '3:28: 4 devices plugged at once, but pcie-root-port with ports: 3 has 3 slots, expected a slot for each of them, or "expect: [ok, refused]" where QEMU is to refuse the others',
    ]);
  });

  test.each([
    ['count: 0', '"count" is 0, expected a whole number from 1 to 1000 (how many of it)'],
    ['count: two', '"count" is "two", expected a whole number from 1 to 1000 (how many of it)'],
    ['gap: 5', '"gap" is 5, expected a duration from 0ms to 1h such as 0ms, 500ms or 3s'],
    ['together: yes', '"together" is "yes", expected true or false'],
    ['at: 5', '"at" is 5, expected a duration from 0ms to 1h, ready, or a map with "from" and "to"'],
    ['at: { from: 1s }', '"to" is missing in "at", expected a duration from 0ms to 1h'],
    ['expect: losst', '"expect" is "losst", expected ok, timeout'],
    ['hold: 5s', '"hold" for a plug after the boot, expected "at" with a time beside it'],
    ['at: 1s, together: true', '"together" beside "at", expected "gap", if anything'],
    ['at: { from: 2s, to: 1s }', '"from" is later than "to", expected a stretch of time'],
  ])('{ device: nvme, %s } is refused', (key, message) => {
    const lines = wrong(`plug: { device: nvme, ${key} }`);
    expect(lines).toEqual([expect.stringContaining(message)]);
    expect(lines[0]).toMatch(/^4:(?:3|4|5)\d: /);
  });
});

describe('what QEMU is to refuse', () => {
  test('is plugged wherever the step says, and is not there afterwards', () => {
    const variant = variantOf(
      'plug: { device: nvme, bus: port1 }, plug: { device: nvme, id: no, bus: port1, expect: refused }, plug: { device: nvme, bus: pcie.0, expect: refused }, plug: { device: nvme, id: no }, unplug',
    );
    expect(measuredSteps(variant.steps)).toMatchObject([
      { deviceId: 'nvme', slot: 1 },
      { deviceId: 'no', slot: { bus: 'port1', addr: '00' }, meantRefused: true, expected: ['refused'] },
      { deviceId: 'nvme-2', slot: { bus: 'pcie.0' }, meantRefused: true },
      { deviceId: 'no', slot: 0 },
      { operation: 'unplug', deviceId: 'nvme' },
      { operation: 'unplug', deviceId: 'no' },
    ]);
  });

  test('is those of several for which there is no slot', () => {
    const steps = measuredSteps(variantOf('plug: { device: nvme, count: 5, expect: [ok, refused] }, unplug').steps);
    expect(steps.map(({ operation, meantRefused = false }) => [operation, meantRefused])).toEqual([
      ...[
        ['plug', false],
        ['plug', false],
        ['plug', false],
        ['plug', true],
        ['plug', true],
      ],
      ...[
        ['unplug', false],
        ['unplug', false],
        ['unplug', false],
      ],
    ]);
  });

  test('may be an unplug: the device is still there after it', () => {
    expect(told('plug: nvme, unplug: { id: nvme, expect: refused }, unplug')).toEqual([
      '+nvme@0',
      '-nvme@0',
      '-nvme@0',
    ]);
  });
});

test('what cannot be placed is said once, not for each step that needs it', () => {
  const bus = '"prot1", expected auto, port0, port1 or port2';
  const lines = wrong(
    'plug: { device: nvme, id: d, bus: prot1 }, unplug: d, parallel: [[unplug: d], [wait: 1s]], unplug',
  );
  expect(lines).toEqual([expect.stringContaining(bus)]);
});

test('a property that the topology decides is named where it stands', () => {
  expect(wrong('plug: { device: custom, driver: edu, properties: { romfile: "", bus: port1 } }, unplug')).toEqual([
    '4:87: "bus" is "port1", expected no driver, id, bus or addr here, which the topology and the sequence decide',
  ]);
});

describe('unplug after a time', () => {
  test('counts from the command of the step before, and does not wait for its end', () => {
    expect(told('plug: { device: nvme, id: d }, unplug: { id: d, after: 50ms }, wait: 1s')).toEqual([
      [['+d@0'], [50, '-d@0']],
      1000,
    ]);
    expect(told('plug: { device: nvme, count: 2, gap: 10ms }, unplug: { after: 0ms }')).toEqual([
      [['+nvme@0'], [10, '+nvme-2@1'], ['-nvme@0'], [10, '-nvme-2@1']],
    ]);
  });

  test('may be the second of one device, from the first on', () => {
    const steps = 'plug: nvme, unplug: nvme, unplug: { id: nvme, after: 100ms, expect: [ok, refused] }';
    expect(told(steps)).toEqual(['+nvme@0', [['-nvme@0'], [100, '-nvme@0']]]);
    expect(measuredSteps(variantOf(steps).steps)).toMatchObject([
      { operation: 'plug' },
      { contested: true },
      { contested: true, expected: ['ok', 'refused'] },
    ]);
  });

  test('needs the plug or unplug of the device right before it', () => {
    expect(wrong('plug: nvme, wait: 1s, unplug: { id: nvme, after: 1s }')).toEqual([
      '4:60: "after", and the step before does not plug or unplug "nvme", expected it right behind the plug or unplug of the same device, from whose command the time counts',
    ]);
  });
});

test('a retry has requests, and a limit of its own', () => {
  const retry = 'retry: { every: 5s, times: 8 }';
  expect(measuredSteps(variantOf(`plug: nvme, unplug: { ${retry} }`).steps)[1]).toMatchObject({
    retry: { everyMs: 5000, times: 8 },
  });
  expect(wrong(`plug: { device: nvme, expect: refused, ${retry} }`)).toEqual([
    '4:57: "retry" beside "expect: refused", expected one of them',
  ]);
  expect(wrong('plug: { device: nvme, retry: { every: 1s } }, unplug')).toEqual([
    '4:47: "times" is missing in "retry", expected a whole number from 2 to 100 (how many requests there are at the most)',
  ]);
});

describe('plug during the boot', () => {
  test('is once in each boot, at a moment or somewhere in a stretch', () => {
    const variant = variantOf(
      'plug: { device: nvme, at: 1.5s, hold: 1s }, plug: { device: nvme, count: 2, gap: 10ms, at: { from: 0ms, to: 2s }, expect: [ok, lost] }, wait: 1s, unplug',
    );
    expect(variant.bootPlugs).toMatchObject([
      { deviceId: 'nvme', slot: 0, sequence: 1, fromMs: 1500, toMs: 1500, holdMs: 1000 },
      { deviceId: 'nvme-2', slot: 1, sequence: 2, fromMs: 0, toMs: 2000, holdMs: 7000, expected: ['ok', 'lost'] },
      { deviceId: 'nvme-3', slot: 2, sequence: 3, fromMs: 10, toMs: 2010 },
    ]);
    expect(brief(variant.steps)).toEqual([1000, [['-nvme@0'], ['-nvme-2@1'], ['-nvme-3@2']]]);
  });

  const late =
    'a plug during the boot after the boot, expected plugs with "at" right after boot, before every other step';
  test.each([
    ['wait: 1s, plug: { device: nvme, at: 1s }', '4:54'],
    ['load: { guest: 1, steps: [plug: { device: nvme, at: 1s }] }', '4:70'],
    ['repeat: { times: 2, steps: [plug: { device: nvme, at: 1s }] }', '4:72'],
    ['parallel: [[wait: 1s], [plug: { device: nvme, at: 1s }]]', '4:68'],
  ])('comes before all other steps: %s', (steps, place) => {
    expect(wrong(steps)).toEqual([`${place}: ${late}`]);
  });

  test('needs a boot of its own for every pass, and one that is not restored', () => {
    expect(wrong('plug: { device: nvme, at: 1s }, unplug', 'sampling: { cycles: 2 }')).toEqual([
      '4:1: a sequence that plugs during the boot, and the variant "a" repeats it (warmup: 0, cycles: 2), expected "sampling: { cycles: 1, warmup: 0 }"',
    ]);
    expect(wrong('plug: { device: nvme, at: 1s }', 'boot_mode: snapshot')).toEqual([
      '3:73: boots from a snapshot, and a sequence that plugs during the boot, expected boot_mode: fresh',
    ]);
  });
});

describe('unplug', () => {
  const three = 'plug: { device: nvme, count: 2, together: false }, plug: virtio-rng';
  const afterwards = (step: string) => told(`${three}, ${step}`).slice(3);

  test('takes all, some of a kind, or one', () => {
    const all = [[['-nvme@0'], ['-nvme-2@1'], ['-virtio-rng@2']]];
    expect(afterwards('unplug')).toEqual(all);
    expect(afterwards('unplug: all')).toEqual(all);
    expect(afterwards('unplug: {}')).toEqual(all);
    expect(afterwards('unplug: { device: nvme }')).toEqual([[['-nvme@0'], ['-nvme-2@1']]]);
    expect(afterwards('unplug: nvme')).toEqual(['-nvme@0']);
    expect(afterwards('unplug: { device: nvme, count: 1, order: newest-first }')).toEqual(['-nvme-2@1']);
    expect(afterwards('unplug: { id: nvme-2 }')).toEqual(['-nvme-2@1']);
  });

  test('goes by the order, together or not', () => {
    expect(afterwards('unplug: { order: newest-first, together: false }')).toEqual([
      '-virtio-rng@2',
      '-nvme-2@1',
      '-nvme@0',
    ]);
    expect(afterwards('unplug: { count: 2, gap: 10ms }')).toEqual([[['-nvme@0'], [10, '-nvme-2@1']]]);
  });

  test.each([
    [
      'unplug: nvme-3',
      '4:95: "nvme-3" is not plugged at this step, expected nvme, nvme-2 or virtio-rng, did you mean "nvme-2"?',
    ],
    [
      'unplug: { device: nvm }',
      '4:105: "nvm" is not plugged at this step, expected nvme, nvme-2 or virtio-rng, did you mean "nvme"?',
    ],
    [
      'unplug: { device: nvme, count: 3 }',
      '4:118: 3 devices to unplug, but 2 of that kind plugged at this step, expected at the most 2',
    ],
    ['unplug: { order: oldest }', '4:104: "order" is "oldest", expected oldest-first or newest-first'],
  ])('%s is refused', (step, message) => {
    expect(wrong(`${three}, ${step}`)).toEqual([message]);
  });
});

describe('wait', () => {
  test('is for a time, or for a line in the log of the guest', () => {
    expect(told('wait: 1.5s, wait: { until: "link is up" }, wait: { until: up, timeout: 2s }')).toEqual([
      1500,
      'link is up 30000',
      'up 2000',
    ]);
  });

  test.each(['3', '0s', '{}', '{ until: "" }', '{ until: a, for: 3s }'])('%s is refused', (argument) => {
    expect(wrong(`wait: ${argument}`)).toEqual([expect.stringMatching(/^4:(?:24|26|33|36): /)]);
  });
});

describe('parallel', () => {
  test('has branches that share neither slots nor ids', () => {
    expect(
      told('plug: nvme, parallel: [[unplug: nvme, plug: virtio-rng], [wait: 1s, plug: { device: nvme, count: 2 }]]'),
    ).toEqual([
      '+nvme@0',
      [
        ['-nvme@0', '+virtio-rng@0'],
        [1000, [['+nvme-2@1'], ['+nvme-3@2']]],
      ],
    ]);
    expect(wrong('parallel: [[plug: { device: nvme, id: a }], [plug: { device: nvme, id: a }]]')).toEqual([
      '4:89: the id "a" for the second time, expected an id of its own for each device that is plugged',
    ]);
  });

  test('leaves the devices of its branches to the steps after it', () => {
    expect(told('plug: nvme, parallel: [[unplug: nvme], [plug: virtio-rng]], unplug').at(-1)).toEqual('-virtio-rng@1');
  });

  test('may unplug by its id what a branch before it plugs or unplugs; both are marked', () => {
    const steps =
      'parallel: [[plug: { device: nvme, id: d }], [wait: 50ms, unplug: d], [plug: nvme]], plug: nvme, unplug';
    expect(told(steps)).toEqual([[['+d@0'], [50, '-d@0'], ['+nvme@1']], '+nvme-2@0', [['-nvme@1'], ['-nvme-2@0']]]);
    const marked = measuredSteps(variantOf(steps).steps).map(({ contested = false }) => contested);
    expect(marked).toEqual([true, true, false, false, false, false]);
    expect(
      told('plug: { device: nvme, id: d }, parallel: [[unplug: d], [wait: 10ms, unplug: { id: d, expect: refused }]]'),
    ).toEqual(['+d@0', [['-d@0'], [10, '-d@0']]]);
    expect(
      wrong('parallel: [[plug: { device: nvme, id: d }], [wait: 50ms, unplug: { device: nvme }]], unplug: all'),
    ).toEqual(['4:93: "nvme" is not plugged at this step, expected a plug step before it']);
    expect(wrong('parallel: [[wait: 50ms, unplug: d], [plug: { device: nvme, id: d }]], unplug: all')).toEqual([
      '4:50: "d" is not plugged at this step, expected the branch that plugs it before this one, or a plug step before this one',
    ]);
  });

  test('gives its steps again and again, inside of each other too', () => {
    expect(told('repeat: { times: 2, steps: [plug: nvme, unplug] }')).toEqual([
      '+nvme@0',
      '-nvme@0',
      '+nvme-2@0',
      '-nvme-2@0',
    ]);
    expect(told('repeat: { times: 2, steps: [wait: 1s, repeat: { times: 2, steps: [wait: 5ms] }] }')).toEqual([
      1000, 5, 5, 1000, 5, 5,
    ]);
    expect(told('parallel: [[repeat: { times: 2, steps: [plug: nvme, unplug] }], [wait: 1s]]')).toEqual([
      [['+nvme@0', '-nvme@0', '+nvme-2@0', '-nvme-2@0'], [1000]],
    ]);
  });

  test('says a mistake once', () => {
    expect(wrong('repeat: { times: 3, steps: [unplug: a] }')).toEqual([
      '4:54: "a" is not plugged at this step, expected a plug step before it',
    ]);
  });

  test('ends at the most steps that a pass has', () => {
    const line = 'step 1001 of one pass, expected at the most 1000';
    expect(wrong('repeat: { times: 1000, steps: [repeat: { times: 1000, steps: [wait: 1s] }] }')[0]).toContain(line);
    expect(wrong('repeat: { times: 1001, steps: [wait: 1s] }')[0]).toContain('a whole number from 1 to 1000');
    expect(wrong('repeat: { times: 1000, steps: [wait: 1s] }')).toEqual([]);
  });
});

describe('load', () => {
  test('is around some steps, or around all of a variant', () => {
    expect(told('wait: 1s, load: { guest: 2, host: 1, steps: [plug: nvme, unplug] }')).toEqual([
      1000,
      ['load 2 1', '+nvme@0', '-nvme@0'],
    ]);
    expect(told('wait: 1s, wait: 2s', 'load: { host: 2 }')).toEqual([['load 0 2', 1000, 2000]]);
    expect(told('wait: 1s', 'load: { host: 0 }')).toEqual([1000]);
  });

  test('has something to keep busy, and something to do meanwhile', () => {
    expect(wrong('load: { host: 0, steps: [wait: 1s] }')).toEqual([
      '4:24: a load that keeps nothing busy, expected "guest", "host" or both from 1 up',
    ]);
    expect(wrong('load: { host: 1 }')).toEqual(['4:24: "steps" is missing in "load", expected a list of steps']);
    expect(wrong('plug: { device: nvme, at: 1s }', 'load: { host: 2 }')).toEqual([
      '3:62: a load, and a sequence with nothing after the boot, expected steps to do under load',
    ]);
  });
});

describe('an expected outcome', () => {
  test('of a step is for each of its devices', () => {
    expect(variantOf('plug: { device: nvme, expect: lost }, unplug: { expect: [timeout, ok] }').steps).toMatchObject([
      { operation: 'plug', expected: ['lost'] },
      { operation: 'unplug', expected: ['timeout', 'ok'] },
    ]);
    expect(variantOf('plug: nvme').steps[0]).not.toHaveProperty('expected');
  });
});

describe('pause and resume', () => {
  test('what stands between them begins while the machine stands still, and ends behind it', () => {
    expect(told('pause, wait: 500ms, resume')).toEqual(['pause', 500, 'resume']);
    expect(
      told(
        'plug: { device: nvme, id: a }, pause, plug: { device: nvme, id: b }, wait: 1s, unplug: a, resume, plug: nvme',
      ),
    ).toEqual(['+a@0', [['pause', 1000, 'resume'], ['+b@1'], [1000, '-a@0']], '+nvme@0']);
    expect(told('pause, plug: { device: nvme, count: 2, gap: 50ms }, resume')).toEqual([
      [['pause', 'resume'], ['+nvme@0'], [50, '+nvme-2@1']],
    ]);
  });

  test('a device that is unplugged keeps its slot until the machine goes on', () => {
    const steps =
      'plug: { device: nvme, id: a }, pause, unplug: a, plug: { device: nvme, id: b }, resume, plug: { device: nvme, id: c }';
    expect(told(steps)).toEqual(['+a@0', [['pause', 'resume'], ['-a@0'], ['+b@1']], '+c@0']);
  });

  test('a device that is plugged and unplugged meanwhile has two operations at once', () => {
    const [step] = variantOf('pause, plug: { device: nvme, id: a }, wait: 1s, unplug: a, resume').steps;
    const contested = measuredSteps(step ? [step] : []).map((one) => one.contested);
    expect(contested).toEqual([true, true]);
  });

  test.each([
    ['pause', '4:18: a pause without a resume, expected resume behind it, in the same list of steps'],
    [
      'resume',
      '4:18: a resume of a machine that does not stand still, expected pause before it, in the same list of steps',
    ],
    ['pause, pause, resume', '4:25: a pause of a machine that stands still already, expected resume before it'],
    [
      'pause, rescan, resume',
      '4:25: rescan while the machine stands still, expected it before the pause or behind the resume',
    ],
    [
      'pause, wait: { until: Link }, resume',
      '4:31: a wait for the kernel log while the machine stands still, expected a duration here, or the wait behind the resume',
    ],
    [
      'parallel: [[plug: nvme], [reset]]',
      '4:44: a reset while something else goes on, expected it outside of parallel',
    ],
  ])('%s', (steps, problem) => expect(wrong(steps)).toContain(problem));
});

test('reset and rescan stand where they are written, a rescan also in a branch', () => {
  expect(told('reset, rescan, parallel: [[plug: nvme], [wait: 20ms, rescan]]')).toEqual([
    'reset',
    'rescan',
    [['+nvme@0'], [20, 'rescan']],
  ]);
});

describe('places that the topology knows nothing of', () => {
  const placesOf = (steps: string) => {
    const { ownPlaces = [], steps: placed } = variantOf(steps);
    return measuredSteps(placed).map(({ slot }) =>
      typeof slot === 'number' ? (ownPlaces[slot - FIRST_OWN_PLACE] ?? slot) : slot,
    );
  };
  test('LUNs get the first free number on their target, and take no slot', () => {
    const lun = (addr: string) => ({ bus: 'scsi0.0', addr });
    expect(
      placesOf(
        'plug: { device: scsi-disk, bus: scsi0.0, id: a }, plug: { device: scsi-disk, bus: scsi0.0, count: 2, target: 3, lun: 7 }, plug: { device: nvme, count: 3 }, unplug: a, plug: { device: scsi-disk, bus: scsi0.0 }',
      ),
    ).toEqual([lun('0:0'), lun('3:7'), lun('3:8'), 0, 1, 2, lun('0:0'), lun('0:0')]);
  });

  test('a custom device may be on any bus; another only on one of the topology', () => {
    expect(placesOf('plug: { device: custom, driver: nvme, bus: mine, addr: 3 }')).toEqual([
      { bus: 'mine', addr: '3' },
    ]);
    expect(placesOf('plug: { device: custom, driver: scsi-hd, bus: scsi0.0, properties: { lun: 2 } }')).toEqual([
      { bus: 'scsi0.0', addr: '0:2' },
    ]);
    expect(placesOf('plug: { device: custom, driver: nvme, bus: port2 }')).toEqual([2]);
    expect(wrong('plug: { device: nvme, bus: mine }')).toEqual([
      '4:45: the topology has no bus "mine", expected auto, port0, port1 or port2',
    ]);
    expect(wrong('plug: { device: scsi-disk }')).toEqual([
      '4:18: scsi-disk on a bus of PCI, expected "bus" with that of a SCSI controller, such as "scsi0.0" of the controller scsi0',
    ]);
  });

  test('two in one place are refused', () => {
    const one = 'plug: { device: custom, driver: nvme, bus: mine, addr: 3 }';
    expect(wrong(`${one}, ${one}`).join()).toContain('the slot at "3" on mine is in use');
  });
});
