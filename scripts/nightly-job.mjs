// What scripts/nightly does, step by step. Plain Node: it starts the same command that a person would type.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const BENCH = fileURLToPath(new URL('bench.mjs', import.meta.url));
/** What is measured when nothing is named: without KVM in virtual time, since the seconds of such a host swing too far. */
const SUITE = ['scenarios/topologies.yaml'];
const SUITE_WITHOUT_KVM = ['scenarios/virtual.yaml'];

/** Exit codes as `npm run bench -- --help` lists them, the one that has to be known first. */
const BY_URGENCY = [130, 70, 2, 4, 5, 1, 3, 0];
/** After these there is no run to look at. */
const NOTHING_MEASURED = [2, 4, 70, 130];

/** Files that are written into the run directory beside its own, by format. */
const EXPORTS = { junit: 'junit.xml', markdown: 'summary.md', openmetrics: 'metrics.prom' };

/** The options of the job, or undefined with a message on standard error. */
export function parseNightly(argv) {
  const options = {
    'strict-host': { type: 'boolean', default: false },
    baseline: { type: 'string', default: 'nightly' },
    out: { type: 'string', default: 'results' },
  };
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    const scenarios = positionals.length === 0 ? defaultSuite() : positionals;
    return { strictHost: values['strict-host'], baseline: values.baseline, out: values.out, scenarios };
  } catch (error) {
    console.error(error.message);
    return undefined;
  }
}

function defaultSuite(device = '/dev/kvm') {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return SUITE;
  } catch {
    console.log(
      `nightly: ${device} cannot be used here, so ${SUITE_WITHOUT_KVM.join(', ')} is measured, in virtual time`,
    );
    return SUITE_WITHOUT_KVM;
  }
}

/** The arguments of the run: compared with the baseline where there is one for any host, otherwise it becomes one. */
export function runArguments({ baseline, out, scenarios }, hasBaseline) {
  return ['run', ...scenarios, '--out', out, hasBaseline ? '--baseline' : '--save-baseline', baseline];
}

/** The code of the job: of its steps' codes the most urgent. One that is not known is a defect. */
export function mostUrgent(codes) {
  const known = codes.map((code) => (BY_URGENCY.includes(code) ? code : 70));
  return BY_URGENCY.find((code) => known.includes(code)) ?? 0;
}

/** Runs the job and returns its exit code. `bench` runs one command: its arguments, and the file its output goes to. */
export async function runNightly(argv, bench = startBench) {
  const options = parseNightly(argv);
  if (options === undefined) return 2;
  const { out, strictHost, baseline } = options;
  const quiet = await bench(['noise', ...(strictHost ? ['--strict-host'] : [])]);
  if (quiet !== 0) return mostUrgent([quiet]);
  const measured = await bench(runArguments(options, hasBaseline(out, baseline)));
  if (NOTHING_MEASURED.includes(mostUrgent([measured]))) return mostUrgent([measured]);
  const run = join(out, 'latest');
  const codes = [measured, await bench(['history', out])];
  for (const [format, file] of Object.entries(EXPORTS)) {
    codes.push(await bench(['export', '--format', format, run], join(run, file)));
  }
  codes.push(await bench(['report', run]));
  const code = mostUrgent(codes);
  console.log(`nightly: exit ${code}; ${run}`);
  return code;
}

/** Whether a baseline of that name has been saved, on whichever host: the run looks for that of its own. */
function hasBaseline(out, name) {
  const folder = join(out, 'baselines');
  return existsSync(folder) && readdirSync(folder).some((host) => existsSync(join(folder, host, name)));
}

/** Starts `bench`, passes signals on, and returns its exit code. */
function startBench(args, outputFile) {
  const child = spawn(process.execPath, [BENCH, ...args], {
    stdio: ['ignore', outputFile === undefined ? 'inherit' : 'pipe', 'inherit'],
  });
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  // A terminal sends the signal to both; a service manager may send it to this process only.
  const passOn = (signal) => child.kill(signal);
  process.on('SIGINT', passOn).on('SIGTERM', passOn);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn);
      if (outputFile !== undefined && code === 0) writeFileSync(outputFile, Buffer.concat(chunks));
      resolve(code ?? 130);
    });
  });
}
