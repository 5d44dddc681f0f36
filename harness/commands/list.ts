import { z } from 'zod';
import { left, textTable } from '../../report/terminal/table.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { devices } from '../machine/device/index.ts';
import { topologies } from '../machine/topology/index.ts';
import { fetchedVersions, type VersionThere } from '../versions/fetch-version.ts';
import { SUITE_NAMES, type SuiteName } from '../versions/suites.ts';
import { print } from './output.ts';

/** `bench list`: what a scenario can name. */
export async function listCommand(): Promise<ExitCode> {
  const topologyRows = [...topologies.values()].map(({ name, controller, description }) => [
    name,
    controller,
    description,
  ]);
  const deviceRows = [...devices.values()].map(({ name, description }) => [name, description]);
  const optionRows = [...topologies.values()].flatMap(({ name, options }) =>
    optionLines(options).map(([option, fallback, text], index) => [index === 0 ? name : '', option, fallback, text]),
  );
  const lines = [
    ...textTable([left('topology'), left('controller'), left('what it is')], topologyRows),
    '',
    ...textTable([left('topology'), left('option'), left('default'), left('what it is')], optionRows),
    '',
    ...textTable([left('device'), left('what it is')], deviceRows),
    '',
    ...(await versionLines()),
  ];
  print(lines.join('\n'));
  return EXIT.ok;
}

/** Options in the order of the schema: name, what holds where it is not given, and what it is. */
function optionLines(schema: z.ZodType): readonly (readonly [name: string, fallback: string, text: string])[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, option]) => {
    const { default: fallback, description = '' } = option as z.core.JSONSchema.BaseSchema;
    return [name, fallback === undefined ? "QEMU's" : String(fallback), description];
  });
}

/** Suites, with what of them is in the cache. A suite named without a version gets the one that is marked. */
async function versionLines(): Promise<readonly string[]> {
  const there = await fetchedVersions();
  const of = (suite: SuiteName, kind: VersionThere['kind']) => {
    const own = there.filter((one) => one.kind === kind && one.package.suite === suite);
    const texts = own.map(({ package: { version }, isInUse }) => (isInUse ? `${version} (in use)` : version));
    return texts.join(', ') || 'not fetched';
  };
  return textTable(
    [left('debian'), left('kernel'), left('qemu')],
    SUITE_NAMES.map((suite) => [suite, of(suite, 'kernel'), of(suite, 'qemu')]),
  );
}
