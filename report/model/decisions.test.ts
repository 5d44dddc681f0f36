import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ONE_DEVICE } from '../../harness/findings/need.ts';
import { writeRecordedRun } from '../../harness/record/recorded-run.fixture.ts';
import { choiceLines } from '../terminal/choice.ts';
import { candidatesOf } from './candidates.ts';
import { decisionsOf } from './decisions.ts';
import { readRunFiles } from './run-files.ts';

async function recorded() {
  const files = readRunFiles(await writeRecordedRun(await mkdtemp(join(tmpdir(), 'choose-'))));
  if (!files.ok) throw new Error(files.failure);
  return files.value;
}

test('a recorded run: each machine once, and a sentence that names the first', async () => {
  const files = await recorded();
  expect(candidatesOf(files)).toMatchObject([
    { variant: 'a', topology: 'acpi-root-port', slotBus: 'pcie', failureRate: 0, bursts: [] },
    { variant: 'b', topology: 'acpi-root-port' },
  ]);
  const [decision] = decisionsOf([files], undefined);
  expect(decision?.need).toEqual(ONE_DEVICE);
  expect(decision && choiceLines(decision.need, decision.choices)[0]).toMatch(/^For 1 device: .*\.$/);
});

test('variants that differ only in how many devices they plug are one machine', async () => {
  const files = await recorded();
  const [variant] = files.run.variants;
  if (!variant) throw new Error('no variant');
  const burst = { scenario: 'tiny', operation: 'plug' as const, device: '', n_bursts: 2, n_complete: 2 };
  const figures = { device_p50_ms: 1, first_p50_ms: 1, last_p50_ms: 90 };
  const [candidate, ...others] = candidatesOf({
    ...files,
    run: { ...files.run, variants: [variant, { ...variant, name: 'eight' }] },
    summary: { ...files.summary, bursts: [{ ...burst, ...figures, variant: 'eight', n_devices: 8 }] },
    samples: files.samples.flatMap((one) => [one, { ...one, variantName: 'eight' }]),
  });
  expect(others).toEqual([]);
  expect(candidate).toMatchObject({ variant: 'a and eight', bursts: [{ size: 8, lastMs: 90 }] });
});

test('virtual time is nothing to choose by', async () => {
  const files = await recorded();
  const variants = files.run.variants.map((one) => ({ ...one, clock: 'virtual' as const }));
  expect(candidatesOf({ ...files, run: { ...files.run, variants } })).toEqual([]);
});
