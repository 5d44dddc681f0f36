import { expect, test } from 'vitest';
import { scenarioJsonSchema } from './json-schema.ts';

// A stale file is mended by `npx vitest run --project unit harness/scenario/json-schema.test.ts --update`.
test('scenario.schema.json is what the scenario schema gives', async () => {
  await expect(scenarioJsonSchema()).toMatchFileSnapshot('scenario.schema.json');
});
