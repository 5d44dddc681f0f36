import { expect, test } from 'vitest';
import { VIRTUAL_WARNING } from '../../harness/statistics/summary.ts';
import { modelOf, sampleOf, scenarioOf } from '../model/model.fixture.ts';
import type { OperationPart, ScenarioPart } from '../model/report-model.ts';
import { notesOf, warningsOf } from './warnings.ts';

/** The scenario with its variants' operations changed. */
function withOperations(change: (part: OperationPart, index: number) => Partial<OperationPart>): ScenarioPart {
  const scenario = scenarioOf();
  const variants = scenario.variants.map((variant, index) => ({
    ...variant,
    operations: variant.operations.map((part) => ({ ...part, ...change(part, index) })),
  }));
  return { ...scenario, variants };
}

test('a warning that all variants share is said once, one that some have with their names', () => {
  const scenario = scenarioOf();
  const variants = scenario.variants.map((variant, index) => ({ ...variant, leftOut: index === 0 ? ['no TPM'] : [] }));
  const texts = warningsOf(modelOf({ scenarios: [{ ...scenario, variants }] }));
  expect(texts).toContainEqual({ about: 'shpc', text: 'left out: no TPM' });
  const ofTcg = texts.filter(({ text }) => text.includes('TCG'));
  expect(ofTcg).toHaveLength(1);
  expect(ofTcg[0]).toMatchObject({ about: '' });
});

test('of virtual time it is said what it is, not that it is slow', () => {
  const scenario = withOperations(({ warnings }) => ({ warnings: [...warnings, VIRTUAL_WARNING] }));
  const variants = scenario.variants.map((one) => ({ ...one, clock: 'virtual' }));
  const virtual = { ...scenario, variants };
  const texts = warningsOf(modelOf({ scenarios: [virtual] })).map(({ text }) => text);
  expect(texts).toContain(VIRTUAL_WARNING);
  expect(texts.join()).not.toContain('TCG');
  expect(notesOf(virtual).map(({ text }) => text)).not.toContain(VIRTUAL_WARNING);
});

test('a run that was stopped has samples that were not tried, and none that failed', () => {
  const failures = { shown: [], total: 0, aborted: 16 };
  const texts = warningsOf(modelOf({ scenarios: [{ ...scenarioOf(), failures }] })).map(({ text }) => text);
  expect(texts).toContain('16 samples not tried to the end (aborted)');
});

test('what went wrong while no operation was under way is named with its boot', () => {
  const boot = { logs: undefined, recording: undefined, clockUncertaintyMs: 0.3, losses: [] };
  const boots = [
    { ...boot, boot: 1 },
    { ...boot, boot: 2, failure: 'QEMU died of SIGSEGV' },
  ];
  const scenario = scenarioOf();
  const variants = scenario.variants.map((variant, index) => (index === 0 ? { ...variant, boots } : variant));
  const texts = warningsOf(modelOf({ scenarios: [{ ...scenario, variants }] }));
  expect(texts.filter(({ text }) => text.includes('between operations'))).toEqual([
    { about: 'shpc boot 2', text: 'failed between operations: QEMU died of SIGSEGV' },
  ]);
});

test('what single figures lack is a note of the scenario, not a warning', () => {
  const text = 'p99 needs 299 samples';
  const scenario = withOperations(({ warnings }) => ({ warnings: [...warnings, text] }));
  expect(warningsOf(modelOf({ scenarios: [scenario] })).map((one) => one.text)).not.toContain(text);
  expect(notesOf(scenario)).toContainEqual({ about: '', text });
});

test('too few boots, and the largest of the drifts with their sizes, are warnings', () => {
  const drifting = withOperations(({ latency }, index) => ({
    latency: latency && { ...latency, p50Ci95: { low: 1, high: 2 } },
    drift: index === 0 ? { text: 'order drift: +9.0 %', driftMs: 540 } : { text: 'order drift: -50.0 %', driftMs: -30 },
  }));
  const texts = (scenarios: readonly ScenarioPart[]) =>
    warningsOf(modelOf({ scenarios })).map(({ about, text }) => `${about}: ${text}`);
  expect(texts([scenarioOf()])).toContain(': 3 boots: too few for an interval of the median');
  expect(texts([drifting]).slice(-2)).toEqual(['acpi plug: order drift: -50.0 %', 'shpc plug: order drift: +9.0 %']);
  expect(texts([drifting]).join()).not.toContain('too few');
  const second = { ...drifting, name: 'second' };
  expect(texts([drifting, second]).slice(-4)).toEqual([
    'test/acpi plug: order drift: -50.0 %',
    'second/acpi plug: order drift: -50.0 %',
    'test/shpc plug: order drift: +9.0 %',
    ': 1 more latency moved in the course of the run',
  ]);
});

test('in a suite a warning names the scenario that it is about', () => {
  const scenario = scenarioOf();
  const bare = { ...scenario, variants: scenario.variants.map((variant) => ({ ...variant, leftOut: ['no TPM'] })) };
  const scenarios = [bare, { ...scenario, name: 'second' }];
  expect(warningsOf(modelOf({ scenarios }))).toContainEqual({ about: 'test', text: 'left out: no TPM' });
});

test('failures and a run that is not complete come first, with a link to the failures', () => {
  const failures = {
    shown: [{ sample: sampleOf(0, 1, 1), logs: undefined, logFiles: [], excerpts: [] }],
    total: 1,
    aborted: 2,
  };
  const model = modelOf({ scenarios: [{ ...scenarioOf(), failures }] });
  const runs = model.runs.map((run) => ({ ...run, status: 'partial' }));
  expect(warningsOf({ ...model, runs }).slice(0, 2)).toEqual([
    { about: '', text: 'the run is partial: not everything was measured' },
    { about: '', text: '1 sample failed, and 2 after them were not tried (aborted)', link: '#test-failures' },
  ]);
});
