import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenarioFiles } from './load.ts';

const DIRECTORY = 'scenarios';
const files = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => join(DIRECTORY, name));

async function scenarioOf(file: string) {
  const loaded = await loadScenarioFiles([file]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  const [scenario] = loaded.value;
  if (!scenario) throw new Error(`${file} gave no scenario`);
  return scenario;
}

test.each(files)('%s is sound, asks a question and is named after its file', async (file) => {
  const { name, question } = await scenarioOf(file);
  expect(file).toBe(join(DIRECTORY, `${name}.yaml`));
  expect(question).toContain('?');
});

const seriesOf = async (file: string) =>
  (await scenarioOf(file)).fits?.map(({ latency, name, members }) => [latency, name, members.map(({ x }) => x)]);

test('delay-sweep has both drivers over five button waits, with and without the settle wait', async () => {
  const waits = [5000, 1000, 500, 100, 0];
  expect(await seriesOf(join(DIRECTORY, 'delay-sweep.yaml'))).toEqual([
    ['plug', 'shpc-bridge, shpchp.settle_ms 1000', waits],
    ['plug', 'shpc-bridge, shpchp.settle_ms 0', waits],
    ['unplug', 'shpc-bridge, shpchp.settle_ms 1000', waits],
    ['unplug', 'shpc-bridge, shpchp.settle_ms 0', waits],
    ['plug', 'pcie-root-port, pciehp.settle_ms 1000', waits],
    ['plug', 'pcie-root-port, pciehp.settle_ms 0', waits],
    ['unplug', 'pcie-root-port, pciehp.settle_ms 1000', waits],
    ['unplug', 'pcie-root-port, pciehp.settle_ms 0', waits],
  ]);
});

test('boot-cost has root ports under native and under ACPI hot-plug', async () => {
  expect(await seriesOf(join(DIRECTORY, 'boot-cost.yaml'))).toEqual([
    ['boot', 'pcie-root-port', [0, 1, 2, 4, 8, 16]],
    ['boot', 'acpi-root-port', [0, 1, 2, 4, 8, 16]],
  ]);
});
