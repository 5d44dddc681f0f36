import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { shellWord } from '../host/run-tool.ts';
import { projectRoot } from '../project-root.ts';
import { PROGRAM } from './help-text.ts';
import { complain, print } from './output.ts';

/** Schema of scenario files, for editors. */
const SCHEMA = join(projectRoot, 'harness', 'scenario', 'scenario.schema.json');

/** `bench init [FILE]`: a first scenario, sound as it is, to be changed. */
export async function initCommand(file: string): Promise<ExitCode> {
  const path = relative(dirname(resolve(file)), SCHEMA);
  try {
    await writeFile(file, firstScenario(path.startsWith('.') ? path : `./${path}`), { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      return complain(`${file} is there already, and stays as it is: name another file`, EXIT.usage);
    return complain(`${file} cannot be written: ${message}`, EXIT.hostUnable);
  }
  const typed = shellWord(file);
  print(
    [
      `wrote ${file}`,
      `to check it:             ${PROGRAM} validate ${typed}`,
      `to see what it starts:   ${PROGRAM} ${typed} --dry-run`,
      `to measure:              ${PROGRAM} ${typed}`,
      'docs/scenarios.md explains every key; "list" names topologies and devices',
    ].join('\n'),
  );
  return EXIT.ok;
}

/** @param schema path from the file */
export function firstScenario(schema: string): string {
  return `# yaml-language-server: $schema=${schema}
# What is asked: how long a disk takes until the guest can use it, under two machine layouts.
name: first
defaults:
  # Each boot is a fresh machine; only boots are independent of each other, and from 10 on medians can be compared.
  sampling: { boots: 3, cycles: 2, warmup: 0 }
  guest: { cpus: 2, memory: 512M }
variants:
  acpi: { topology: acpi-root-port }
  native: { topology: pcie-root-port }
# What is done in each boot, "cycles" times all but the boot.
sequence:
  - boot
  - plug: virtio-blk
  - unplug: virtio-blk
# The others are compared with this one.
reference: acpi
`;
}
