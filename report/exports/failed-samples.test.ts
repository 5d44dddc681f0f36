import { expect, test } from 'vitest';
import { failedSamples, unsummarisedFailures } from './failed-samples.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { failedSample, RESTORED_OPERATIONS, TEST_OPERATION, testExport } from './test-export.ts';

test('a failure of one of several disks belongs to the figures of disks, that of the only card to those of the card', () => {
  const operations = ['virtio-blk', 'net0'].map((deviceId) => ({
    ...TEST_OPERATION,
    device_id: deviceId,
    failures: 1,
  }));
  const disk = failedSample('no disk', { deviceId: 'disk3', device: 'virtio-blk' });
  const card = failedSample('no card', { deviceId: 'net0', device: 'virtio-net' });
  const run = testExport({ operations, samples: [disk, card] });
  expect(operations.map((operation) => failedSamples(run, operation))).toEqual([[disk.sample], [card.sample]]);
  expect(unsummarisedFailures(run)).toEqual([]);
  expect(junit.render([run]).text).toMatch(/failures="2"[\s\S]*no disk[\s\S]*no card/);
  expect(markdown.render([run]).text).toMatch(/failed: 2[\s\S]*no disk[\s\S]*no card/);
});

test('failures that are in no figure are failed cases of their own', () => {
  const samples = [
    failedSample('too early', { offsetMs: 120, cycle: 0 }),
    failedSample('cold', { warmup: true, cycle: 1 }),
    failedSample('never summarised', { operation: 'unplug' }),
  ];
  const run = testExport({ samples });
  expect(unsummarisedFailures(run).map(({ name }) => name)).toEqual([
    'plug, during the boot',
    'plug, warm-up',
    'unplug, not in the summary',
  ]);
  const { text } = junit.render([run]);
  expect(text).toContain('tests="4" failures="3"');
  expect(text).toContain('timeout: boot 3, 120 ms into it, disk: too early');
  expect(markdown.render([run]).text).toContain('boot 3, cycle 1, warm-up, disk: cold');
});

test('what went wrong in a boot between operations is a failed case and among the failures', () => {
  const run = testExport({});
  const failure = 'QEMU died of SIGSEGV';
  const named = { scenario: 'nightly', variant: 'shpc', boot: 2 };
  const boot = { ...named, name: '', failure, losses: [] };
  const failed = { ...run, files: { ...run.files, run: { ...run.files.run, boots: [boot] } } };
  expect(junit.render([failed]).text).toMatch(/name="boot 2, between operations"[^>]*>\s*<failure[^>]*SIGSEGV/);
  expect(markdown.render([failed]).text).toContain('nightly/shpc boot 2, between operations: QEMU died of SIGSEGV');
});

test('the boot that was saved and those that were restored fail apart', () => {
  const saved = failedSample('no agent', { operation: 'boot', boot: 0, deviceId: '', device: '' });
  const ofRestored = { ...saved, variantName: 'restored' };
  const run = testExport({ operations: RESTORED_OPERATIONS, samples: [ofRestored] });
  expect(RESTORED_OPERATIONS.map((operation) => failedSamples(run, operation).length)).toEqual([1, 0, 0]);
});

test('failures that the summary counts are not passed over where the samples cannot be read', () => {
  const operation = { ...TEST_OPERATION, failures: 3 };
  expect(junit.render([testExport({ operations: [operation] })]).text).toContain('3 of 24 operations failed');
});
