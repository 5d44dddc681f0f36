import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { historyCommand } from '../commands/history.ts';
import { EXIT } from '../exit-codes.ts';
import type { OperationSummary } from '../statistics/summary.ts';
import { failedSample } from '../timeline/test-sample.ts';
import { writeNight } from './generate.ts';
import { type SyntheticNight, syntheticNights } from './synthetic-nights.ts';

const NIGHTS = 60;

/** What the first variant's plugs are like on a night. */
interface Plugs {
  readonly factor?: number;
  /** Of its plugs. */
  readonly failed?: number;
}

/** What `bench history` says of run directories of 60 nights, one variant, in one environment. */
async function historyOfNights(plugsOn: (night: number) => Plugs): Promise<{ exitCode: number; text: string }> {
  const root = mkdtempSync(join(tmpdir(), 'alarms-'));
  let night = 0;
  // The environment of synthetic nights changes after a third of them.
  for (const made of syntheticNights(3 * NIGHTS, 1, 7)) {
    if (night >= NIGHTS) break;
    await writeNight(root, withPlugs(made, plugsOn(night)));
    night += 1;
  }
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const exitCode = await historyCommand(root, { json: false });
  stdout.mockRestore();
  stderr.mockRestore();
  return { exitCode, text: written.join('') };
}

function withPlugs(night: SyntheticNight, { factor = 1, failed = 0 }: Plugs): SyntheticNight {
  let left = failed;
  const samples = night.samples.map((sample) => {
    if (sample.operation !== 'plug' || left === 0) return sample;
    left -= 1;
    const { scenario, variant, boot, cycle, sequence, deviceId, order } = sample;
    return failedSample('timeout', { scenario, variant, boot, cycle, sequence, deviceId, order });
  });
  const summaries = night.findings.summaries.map((summary): OperationSummary => {
    if (summary.operation !== 'plug' || !summary.latency) return summary;
    const { latency, ...rest } = summary;
    const outcomes = { ok: rest.samples - failed, timeout: failed };
    const counted = { ...rest, failures: failed, outcomes };
    const { p50Ms } = latency;
    if (failed === rest.samples || !p50Ms) return counted;
    return { ...counted, latency: { ...latency, p50Ms: p50Ms * factor } };
  });
  return { ...night, state: { ...night.state, samples }, samples, findings: { ...night.findings, summaries } };
}

test('every plug fails from night 30 on', async () => {
  const { exitCode, text } = await historyOfNights((night) => ({ failed: night < 30 ? 0 : 4 }));
  expect(text).toContain('failing: shpc-01 plug since 2016-01-31');
  expect(text).toContain('0 % → 100 % of its operations fail');
  expect(exitCode).toBe(EXIT.regression);
});

test('30 % slower, and 8 % of it won back: still a regression, with both', async () => {
  const { exitCode, text } = await historyOfNights((night) => ({
    factor: night < 20 ? 1 : night < 35 ? 1.3 : 1.3 * 0.92,
  }));
  expect(text).toMatch(
    /regressed: shpc-01 plug since 2016-01-2\d .*1\.[23]\dx.*; then 0\.9\dx on 2016-02-0\d .*still 1\.[12]\dx/,
  );
  expect(exitCode).toBe(EXIT.regression);
});

test('one in five fails all along', async () => {
  const { exitCode, text } = await historyOfNights((night) => ({ failed: night % 5 === 4 ? 0 : 1 }));
  expect(text).toContain('0 of 3 series regressed');
  expect(text).not.toContain('fail');
  expect(exitCode).toBe(EXIT.ok);
});
