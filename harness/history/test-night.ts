import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNight } from './generate.ts';
import type { Environment, Night, NightPoint, SeriesIdentity } from './night.ts';
import { syntheticNights } from './synthetic-nights.ts';

export const TEST_IDENTITY: SeriesIdentity = {
  host: 'h',
  scenario: 's',
  variant: 'v',
  operation: 'plug',
  deviceId: '',
  accelerator: 'kvm',
  clock: 'real',
  bootMode: 'fresh',
};

const ENVIRONMENT: Environment = new Map([['QEMU', '7.2']]);

/** The n-th night, with one series. */
export function testNight(
  night: number,
  point: Partial<NightPoint> = {},
  identity: Partial<SeriesIdentity> = {},
): Night {
  const run = {
    runId: `run-${night}`,
    startedAt: new Date(Date.UTC(2026, 0, 1 + night)),
    toolCommit: 'c',
    thresholds: new Map(),
  };
  const filled = {
    run,
    environment: ENVIRONMENT,
    boots: 5,
    samples: 20,
    tried: 20,
    failures: 0,
    p50Ms: 100,
    phases: [],
    phaseMs: [],
  };
  return { run, series: [{ identity: { ...TEST_IDENTITY, ...identity }, point: { ...filled, ...point } }] };
}

/** Writes synthetic run directories into a new folder. */
export async function writtenNights(
  nights: number,
  variants: number,
): Promise<{ root: string; directories: string[] }> {
  const root = mkdtempSync(join(tmpdir(), 'nights-'));
  const directories: string[] = [];
  for (const night of syntheticNights(nights, variants, 1)) directories.push(await writeNight(root, night));
  return { root, directories };
}
