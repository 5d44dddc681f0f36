import { describe, expect, test } from 'vitest';
import { waysSentence } from '../../report/ways-words.ts';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { Sample } from '../vocabulary.ts';
import { waysOf } from './ways.ts';

const machine = { scenario: 'test', topology: 'acpi-root-port', topologyOptions: { ports: 4 } } as const;
const variants = ['cold', 'early', 'ready', 'restored'].map((name) => ({ ...machine, name }));

/** Boots of one variant with one disk, in which the whole way took so long; undefined where the disk was lost. */
function boots(variant: string, own: Partial<Sample>, latenciesMs: readonly (number | undefined)[]): readonly Sample[] {
  return latenciesMs.flatMap((latencyMs, index): readonly Sample[] => {
    const shared = { scenario: 'test', variant, boot: index + 1, topology: machine.topology } as const;
    const device = { ...shared, device: 'virtio-blk', deviceId: 'disk', ...own } as Partial<Sample>;
    const whole = {
      ...shared,
      operation: 'until-usable',
      device: '',
      deviceId: '',
      bootMode: own.bootMode ?? 'fresh',
    } as const;
    return latencyMs === undefined
      ? [failedSample('lost', device as Parameters<typeof failedSample>[1]), failedSample('lost', whole)]
      : [goodSample(device as Parameters<typeof goodSample>[0]), goodSample({ ...whole, latencyMs })];
  });
}

const cold = boots('cold', { operation: 'start' }, [1000, 1001, 1002, 1003, 1004, 1005]);
const ready = boots('ready', { operation: 'plug' }, [1050, 1051, 1052, 1053, 1054, 1055]);
const early = boots('early', { operation: 'plug', offsetMs: 0 }, [900, 901, undefined]);
const restored = boots('restored', { operation: 'plug', bootMode: 'snapshot' }, [400, 401]);

describe('waysOf', () => {
  test('tells ways of one machine apart, those without a failure first and the soonest first', () => {
    const [only, ...others] = waysOf(variants, [...cold, ...ready, ...early, ...restored], []);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ topology: 'acpi-root-port', devices: 1, slots: 4 });
    expect(only?.ways.map(({ when, bootMode, failed }) => [when, bootMode, failed])).toEqual([
      ['when-ready', 'snapshot', 0],
      ['from-the-start', 'fresh', 0],
      ['when-ready', 'fresh', 0],
      ['during-the-boot', 'fresh', 1],
    ]);
  });

  test('the boot that is saved for others is no way', () => {
    const saved = restored.map((sample) => ({ ...sample, boot: 0 }));
    expect(waysOf(variants, [...cold, ...saved], [])).toEqual([]);
  });

  test('one way has nothing to be compared with, and other devices are no other way', () => {
    expect(waysOf(variants, cold, [])).toEqual([]);
    const cards = ready.map((sample) => (sample.device === '' ? sample : { ...sample, device: 'virtio-net' }));
    expect(waysOf(variants, [...cold, ...cards], [])).toEqual([]);
  });
});

test('what came after the guest was ready is told apart from its boot', () => {
  const boot = goodSample({
    scenario: 'test',
    variant: 'cold',
    boot: 1,
    operation: 'boot',
    startMs: 50,
    latencyMs: 900,
  });
  const [only] = waysOf(variants, [boot, ...cold, ...ready], []);
  expect(only?.ways[0]?.afterReadyMs?.value).toBe(50);
  expect(only && waysSentence(only)).toContain('; of that after the guest was ready 50.0 ms there from the start; ');
});

describe('the sentence of a machine', () => {
  const memory = (variant: string, residentMiB: number) => ({ scenario: 'test', variant, boot: 1, residentMiB });
  const sentenceOf = (samples: readonly Sample[], boots: Parameters<typeof waysOf>[2] = []) =>
    waysOf(variants, samples, boots).map(waysSentence);

  test('says which way is soonest, by how much, and what it costs', () => {
    expect(sentenceOf([...cold, ...ready])).toEqual([
      'acpi-root-port-ports4: soonest usable are devices there from the start, after 1003 ms; ' +
        'plugged when the guest is ready 50.0 ms later; 1 of 4 slots is taken whichever way it is; no boot of any failed.',
    ]);
  });

  test("says QEMU's memory where somebody looked", () => {
    const [sentence] = sentenceOf([...cold, ...ready], [memory('cold', 180.4), memory('ready', 181)]);
    expect(sentence).toContain(
      "QEMU's memory is 180 MiB there from the start and 181 MiB plugged when the guest is ready",
    );
  });

  test('says what failed, and that few boots do not tell two ways apart', () => {
    const [sentence] = sentenceOf([...cold, ...early, ...restored], []);
    expect(sentence).toContain('plugged into a restored guest, after 401 ms, which 2 boots each do not tell apart');
    expect(sentence).toContain('failed have 1 of 3 boots with devices plugged during the boot');
  });
});
