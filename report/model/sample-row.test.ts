import { expect, test } from 'vitest';
import { failedSample } from '../../harness/timeline/test-sample.ts';
import { namedSample } from './sample-row.ts';

test('the kind of device stays with a sample', () => {
  const sample = failedSample('timeout', { device: 'nvme', deviceId: 'disk2' });
  expect(namedSample(sample)).toMatchObject({ device: 'nvme', sample: { deviceId: 'disk2', outcome: 'timeout' } });
});
