import type { RunFile } from '../../harness/record/run-file.ts';

/** Conditions of a run as rows of a table. What the host's fingerprint has more of is shown under its own name. */
export function environmentOf(run: RunFile): readonly (readonly [what: string, value: string])[] {
  const { cpu_model: cpu, cores, memory_mib: memory, kernel, qemu, governor, load, hostname, ...more } = run.host;
  const rows: readonly (readonly [string, unknown])[] = [
    ['host', hostname],
    ['CPU', cores === undefined ? cpu : `${cpu}, ${cores} cores`],
    ['memory', typeof memory === 'number' ? `${(memory / 1024).toFixed(1)} GiB` : memory],
    ['host kernel', kernel],
    ['QEMU', qemu],
    ['CPU governor', governor],
    ['load at the start', load],
    ...Object.entries(more).map(([name, value]) => [name.replaceAll('_', ' '), value] as const),
    ['clock', [...new Set(run.variants.map(({ clock }) => clock ?? run.clock))].join(' and ') || run.clock],
    ['hotplug-bench', `${run.tool.version}, commit ${run.tool.commit}`],
    ['command line', run.command_line.join(' ')],
    ['seed', run.seed],
    ['started', run.started_at],
    ['finished', run.finished_at],
  ];
  return rows.flatMap(([what, value]) => (isKnown(value) ? [[what, shown(value)] as const] : []));
}

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
