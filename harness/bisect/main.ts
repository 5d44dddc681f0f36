import { spawn } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { textTable } from '../../report/terminal/table.ts';
import { EXIT } from '../exit-codes.ts';
import { projectRoot } from '../project-root.ts';
import { choiceWords } from '../record/parts.ts';
import { readSamples } from '../record/phases-csv.ts';
import { readStoredPlan, type StoredPlan } from '../record/stored-plan.ts';
import { fail, ok, type Result } from '../result.ts';
import { judgeWork, MIN_BOOTS_TO_JUDGE, type PhaseVerdict, type WorkJudgement } from '../statistics/virtual-gate.ts';
import { undecidedText } from '../statistics/virtual-verdict.ts';
import { toolCommit } from '../tool-version.ts';
import type { Sample } from '../vocabulary.ts';

/** A commit that makes a phase of work this much longer is looked for. */
const ASKED_CHANGE = 0.03;

/** What `git bisect run` understands: 125 leaves a commit out, 128 and above ends the search. */
const BISECT = { good: 0, bad: 1, skip: 125, abort: 129 } as const;

const USAGE = `usage: scripts/bisect-guest-kernel [--boots N] BASELINE KERNEL
  BASELINE  a run directory in virtual time (npm run bench -- scenarios/virtual.yaml)
  KERNEL    a guest kernel (bzImage) with the drivers of the scenario's devices built in
Exit code 0: good, 1: bad, 125: cannot be measured, 129: cannot be compared. For git bisect run:
  git bisect run sh -c 'make -j2 bzImage || exit 125; .../scripts/bisect-guest-kernel .../results/<run> arch/x86/boot/bzImage'
`;

/** Measures a kernel as a baseline was measured, and says whether work in the guest has become longer. */
export async function main(argv: readonly string[]): Promise<number> {
  const given = parseArguments(argv);
  if (!given.ok) return say(given.failure, BISECT.abort);
  const { kernel, boots } = given.value;
  const baseline = await readBaseline(given.value.baseline, kernel);
  if (!baseline.ok) return say(baseline.failure, BISECT.abort);
  const { plan, samples, scenario } = baseline.value;

  const scratch = await mkdtemp(join(tmpdir(), 'hotplug-bench-bisect-'));
  try {
    const file = join(scratch, 'bisect.yaml');
    await writeFile(file, scenario);
    const choices = choiceWords({ ...plan.plan.choices, boots });
    const code = await bench(['run', file, ...choices, '--out', scratch, '--json']);
    if (code === EXIT.samplesFailed) return say('skip: operations of this kernel failed', BISECT.skip);
    if (code !== EXIT.ok) return say(`this kernel could not be measured: bench ended with ${code}`, BISECT.abort);
    const run = join(scratch, 'latest');
    const now = await readStoredPlan(run);
    if (!now.ok) return say(now.failure, BISECT.abort);
    if (now.value.host.qemu !== plan.host.qemu)
      return say(`the baseline is of ${plan.host.qemu}, this host has ${now.value.host.qemu}`, BISECT.abort);
    const current = readSamples(run, now.value);
    if (!current.ok) return say(`${run}: ${current.failure}`, BISECT.abort);
    return report(judgeWork(samples, current.value, ASKED_CHANGE));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function report({ verdicts, notJudged }: WorkJudgement): number {
  if (notJudged.length > 0) {
    const lacking = notJudged.map(({ variant, operation }) => `${variant} ${operation}`).join(', ');
    return say(`skip: too few boots, or none, of ${lacking}`, BISECT.skip);
  }
  const changed = verdicts.filter(({ verdict }) => verdict !== 'unchanged' && verdict !== 'undecided');
  if (changed.length > 0) process.stdout.write(`${changesTable(changed).join('\n')}\n`);
  const undecided = verdicts.filter(({ verdict }) => verdict === 'undecided');
  for (const phase of undecided) say(`${phase.variant} ${phase.operation}: ${undecidedText(phase)}`, BISECT.skip);
  const counts = `${verdicts.length} phases of work, ${changed.length} changed, ${undecided.length} undecided`;
  if (changed.some(({ verdict }) => verdict === 'regressed')) return say(`bad: ${counts}`, BISECT.bad);
  // What scatters too much does so in the baseline already. What may be interrupts may be the commit that is looked for.
  if (undecided.some(({ isInterrupt }) => isInterrupt)) return say(`skip: ${counts}`, BISECT.skip);
  return say(`good: ${counts}`, BISECT.good);
}

function changesTable(changed: readonly PhaseVerdict[]): readonly string[] {
  const rows = changed.map(({ variant, operation, deviceId, phase, verdict, baseMs, currentMs, change, threshold }) => [
    [variant, operation, deviceId].filter((word) => word !== undefined).join(' '),
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
  return textTable(columns, rows);
}

function parseArguments(argv: readonly string[]) {
  try {
    const options = { boots: { type: 'string', default: '5' } } as const;
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [baseline, kernel] = positionals;
    if (baseline === undefined || kernel === undefined || positionals.length > 2) return fail(USAGE);
    const boots = Number(values.boots);
    if (!Number.isInteger(boots) || boots < MIN_BOOTS_TO_JUDGE)
      return fail(`--boots: at least ${MIN_BOOTS_TO_JUDGE}\n${USAGE}`);
    return ok({ baseline: resolve(baseline), kernel: resolve(kernel), boots });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

interface Baseline {
  readonly plan: StoredPlan;
  readonly samples: readonly Sample[];
  /** The text of its scenario, with the kernel to measure. */
  readonly scenario: string;
}

/** Everything that can be wrong with the baseline is found before anything is measured, or every commit would be skipped. */
async function readBaseline(directory: string, kernel: string): Promise<Result<Baseline, string>> {
  const isThere = await access(kernel).then(
    () => true,
    () => false,
  );
  if (!isThere) return fail(`${kernel}: there is no such file; a guest kernel was expected`);
  const plan = await readStoredPlan(directory);
  if (!plan.ok) return plan;
  const { scenarios, status, tool } = plan.value;
  const [scenario, ...more] = scenarios;
  if (!scenario || more.length > 0) return fail('the baseline has to be a run of one scenario');
  if (status !== 'complete') return fail(`the baseline is ${status}: measure it anew, or go on with it (--resume)`);
  const commit = await toolCommit();
  if (tool.commit !== commit)
    return fail(`the baseline was measured by hotplug-bench ${tool.commit}, this is ${commit}: measure it anew`);
  const samples = readSamples(directory, plan.value);
  if (!samples.ok) return fail(`${directory}: ${samples.failure}`);
  if (samples.value.some(({ clock }) => clock !== 'virtual'))
    return fail(`${directory} was not measured in virtual time: add --clock virtual`);
  if (judgeWork(samples.value, samples.value, ASKED_CHANGE).notJudged.length > 0 || samples.value.length === 0)
    return fail(`the baseline needs at least ${MIN_BOOTS_TO_JUDGE} good boots of every variant`);
  const text = withKernel(scenario.source, kernel);
  return text.ok ? ok({ plan: plan.value, samples: samples.value, scenario: text.value }) : text;
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

/** The text of a scenario with another guest kernel for every variant, whatever it had before. */
export function withKernel(source: string, image: string): Result<string, string> {
  const document = parseDocument(source);
  if (document.hasIn(['matrix', 'kernel'])) return fail('the scenario of the baseline has a matrix over kernels');
  const { variants } = document.toJS() as { readonly variants?: Readonly<Record<string, unknown>> };
  for (const name of Object.keys(variants ?? {})) {
    const path = ['variants', name, 'guest', 'kernel'];
    if (document.hasIn(path)) document.deleteIn(path);
  }
  document.setIn(['defaults', 'guest', 'kernel'], document.createNode({ image }));
  return ok(String(document));
}
