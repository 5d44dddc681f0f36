import { spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '../../report/terminal/table.ts';
import { readSamples } from '../archive/read-samples.ts';
import { projectRoot } from '../project-root.ts';
import { fail, ok, type Result } from '../result.ts';
import { judgeWork, type PhaseVerdict } from '../statistics/virtual-gate.ts';
import { withKernel } from './kernel-scenario.ts';

/** What `git bisect run` understands: 125 leaves a commit out, 128 and above ends the search. */
const BISECT = { good: 0, bad: 1, skip: 125, abort: 129 } as const;

const USAGE = `usage: scripts/bisect-guest-kernel [--boots N] BASELINE KERNEL
  BASELINE  a run directory in virtual time (npm run bench -- scenarios/virtual.yaml)
  KERNEL    a guest kernel (bzImage) with the drivers of the scenario's devices built in
Exit code 0: good, 1: bad, 125: cannot be measured, 129: cannot be compared. For git bisect run:
  git bisect run sh -c 'make -j2 bzImage || exit 125; .../scripts/bisect-guest-kernel .../results/<run> arch/x86/boot/bzImage'
`;

/** Measures a kernel as a baseline was measured, and says whether a phase of work in the guest has become longer. */
export async function main(argv: readonly string[]): Promise<number> {
  const given = parseArguments(argv);
  if (!given.ok) return say(given.failure, BISECT.abort);
  const { baseline, kernel, boots } = given.value;
  const scenario = await scenarioOf(baseline, kernel);
  if (!scenario.ok) return say(scenario.failure, BISECT.abort);
  const base = await readSamples(baseline);
  if (!base.ok) return say(base.failure, BISECT.abort);
  if (base.value.some(({ clock }) => clock !== 'virtual'))
    return say(`${baseline} was not measured in virtual time`, BISECT.abort);

  const scratch = await mkdtemp(join(tmpdir(), 'hotplug-bench-bisect-'));
  try {
    const file = join(scratch, 'bisect.yaml');
    await writeFile(file, scenario.value.text);
    const code = await bench(['run', file, '--boots', boots, '--out', scratch, '--json']);
    if (code !== 0) return say(`skip: this kernel could not be measured (bench ended with ${code})`, BISECT.skip);
    const run = join(scratch, 'latest');
    const { host } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8')) as RunJson;
    if (host.qemu !== scenario.value.qemu)
      return say(`the baseline is of ${scenario.value.qemu}, this host has ${host.qemu}`, BISECT.abort);
    const current = await readSamples(run);
    if (!current.ok) return say(current.failure, BISECT.skip);
    return report(judgeWork(base.value, current.value));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function report(verdicts: readonly PhaseVerdict[]): number {
  if (verdicts.length === 0) return say('skip: the run and the baseline have no phase in common', BISECT.skip);
  const changed = verdicts.filter(({ verdict }) => verdict !== 'unchanged');
  const rows = changed.map(({ variant, operation, phase, verdict, baseMs, currentMs, change, threshold }) => [
    `${variant} ${operation}`,
    phase,
    verdict,
    baseMs.toFixed(4),
    currentMs.toFixed(4),
    `${(change * 100).toFixed(2)} %`,
    `${(threshold * 100).toFixed(2)} %`,
  ]);
  const left = (heading: string) => ({ heading, align: 'left' as const });
  const right = (heading: string) => ({ heading, align: 'right' as const });
  const columns = [
    ...[left('operation'), left('phase'), left('verdict')],
    ...[right('base, ms'), right('now, ms'), right('change'), right('threshold')],
  ];
  if (rows.length > 0) process.stdout.write(`${textTable(columns, rows).join('\n')}\n`);
  const isBad = changed.some(({ verdict }) => verdict === 'regressed');
  const summary = `${isBad ? 'bad' : 'good'}: ${verdicts.length} phases of work, ${changed.length} changed`;
  return say(summary, isBad ? BISECT.bad : BISECT.good);
}

function parseArguments(argv: readonly string[]) {
  try {
    const options = { boots: { type: 'string', default: '5' } } as const;
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [baseline, kernel] = positionals;
    if (baseline === undefined || kernel === undefined || positionals.length > 2) return fail(USAGE);
    return ok({ baseline: resolve(baseline), kernel: resolve(kernel), boots: values.boots });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

interface RunJson {
  readonly host: { readonly qemu: string };
  readonly scenarios: readonly { readonly source: string }[];
}

async function scenarioOf(
  baseline: string,
  kernel: string,
): Promise<Result<{ readonly text: string; readonly qemu: string }, string>> {
  try {
    await access(kernel);
    const { host, scenarios } = JSON.parse(await readFile(join(baseline, 'run.json'), 'utf8')) as RunJson;
    const [scenario, ...more] = scenarios;
    if (!scenario || more.length > 0) return fail('the baseline has to be a run of one scenario');
    const text = withKernel(scenario.source, kernel);
    return text.ok ? ok({ text: text.value, qemu: host.qemu }) : text;
  } catch (error) {
    return fail((error as Error).message);
  }
}

function bench(args: readonly string[]): Promise<number> {
  const script = join(projectRoot, 'scripts', 'bench.mjs');
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((done) => {
    child.once('close', (code) => done(code ?? 130));
    child.once('error', () => done(130));
  });
}

function say(text: string, code: number): number {
  process.stderr.write(`${text.trimEnd()}\n`);
  return code;
}
