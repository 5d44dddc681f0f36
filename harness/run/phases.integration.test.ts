import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import { runReal } from './test-run.ts';

/** Of the time that is not a fixed wait, at the median, what no phase explains is less than this. */
const MAX_UNATTRIBUTED_SHARE = 0.1;

/** Events of a boot's recording that are printed when one of its operations failed: the folder is gone after the test. */
const PRINTED_EVENTS = 60;

test('in a real run, phases of every sample follow each other, add up to its latency, and leave little unexplained', async () => {
  // Several passes where they are quick: what the agent may write to the kernel's log is limited by default.
  const passes = (topology: string) => ({ boots: 1, cycles: topology.startsWith('acpi') ? 5 : 1, warmup: 0 });
  const topologies = ['shpc-bridge', 'pcie-root-port', 'acpi-root-port', 'acpi-bridge', 'acpi-i440fx'];
  const run = await runReal(
    topologies.map((topology) => testVariant({ name: topology, topology, sampling: passes(topology) })),
  );
  for (const { variant, boot, cycle, operation, outcome, detail } of run.samples) {
    if (outcome === 'ok' || outcome === 'aborted') continue;
    console.log(`${variant}, pass ${cycle}: ${operation} ${outcome}: ${detail}`);
    const events = run.events(`test.${variant}.${String(boot).padStart(3, '0')}`);
    const isGivenUp = (event: RecordedEvent) => event.source === 'harness' && event.event === 'give-up';
    const end = events.findIndex(isGivenUp) + PRINTED_EVENTS / 2;
    for (const event of events.slice(Math.max(0, end - PRINTED_EVENTS), end)) console.log(JSON.stringify(event));
  }
  expect(new Set(run.outcomes)).toEqual(new Set(['boot ok', 'plug ok', 'unplug ok']));

  for (const { phases, latencyMs } of run.samples) {
    let endMs = 0;
    for (const phase of phases) {
      expect(phase.startMs).toBeCloseTo(endMs, 6);
      expect(phase.durationMs).toBeGreaterThanOrEqual(0);
      endMs = phase.startMs + phase.durationMs;
    }
    expect(endMs).toBeCloseTo(latencyMs ?? Number.NaN, 6);
  }
  for (const { variant, operation, unattributedShare, latencyMs } of run.findings.waterfalls) {
    const share = `${(unattributedShare * 100).toFixed(1)} %`;
    console.log(`${variant} ${operation}: ${latencyMs.toFixed(1)} ms, unattributed ${share}`);
    expect(unattributedShare, `${variant} ${operation}`).toBeLessThan(MAX_UNATTRIBUTED_SHARE);
  }
  const plug = run.findings.waterfalls.find((one) => one.variant === 'shpc-bridge' && one.operation === 'plug');
  const wait = (name: string) => plug?.phases.find((phase) => phase.name === name)?.durationMs;
  // The timer wheel ends a wait of 5 s up to 256 ms late and one of 1 s up to 32 ms; never early.
  expect(wait('button-wait')).toBeGreaterThan(4990);
  expect(wait('button-wait')).toBeLessThan(5600);
  expect(wait('settle-wait')).toBeGreaterThan(990);
  expect(wait('settle-wait')).toBeLessThan(1300);
});
