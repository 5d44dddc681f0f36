import { textTable } from '../../report/terminal/table.ts';
import { devices } from '../device/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { topologies } from '../topology/index.ts';

/** `bench list`: what a scenario can name. */
export function listCommand(): ExitCode {
  const topologyRows = [...topologies.values()].map(({ name, controller, description }) => [
    name,
    controller,
    description,
  ]);
  const deviceRows = [...devices.values()].map(({ name, description }) => [name, description]);
  const left = (heading: string) => ({ heading, align: 'left' }) as const;
  const lines = [
    ...textTable([left('topology'), left('controller'), left('what it is')], topologyRows),
    '',
    ...textTable([left('device'), left('what it is')], deviceRows),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
