import { join } from 'node:path';
import { PROGRAM } from '../commands/help-text.ts';
import type { KvmAnswer, KvmNotTried } from '../commands/try-kvm.ts';
import { EXIT, EXIT_MEANINGS, type ExitCode } from '../exit-codes.ts';
import type { Result } from '../result.ts';
import { measureNight, type NightContext, saveWords } from './measure-night.ts';
import { designNight } from './night-design.ts';
import { type NightlyOptions, suiteFor } from './options.ts';
import { linkNight, removeNightLink } from './own-run.ts';

export interface NightlyContext extends Omit<NightContext, 'designed'> {
  readonly signal: AbortSignal;
  readonly tryKvm: () => Promise<Result<KvmAnswer, KvmNotTried>>;
}

/** Files that are written into the run directory beside its own, and how each is exported. */
const EXPORTS: readonly (readonly [file: string, format: string, ...flags: string[]])[] = [
  ['junit.xml', 'junit', '--history'],
  ['summary.md', 'markdown', '--history'],
  ['metrics.prom', 'openmetrics'],
];

/** After these there is no whole run to look at. */
const NOT_MEASURED: readonly ExitCode[] = [EXIT.interrupted, EXIT.defect, EXIT.usage, EXIT.hostUnable];

/** The job: is the host quiet, measure and compare, look at the history, write the files. Returns its exit code. */
export async function runNightly(options: NightlyOptions, context: NightlyContext): Promise<ExitCode> {
  const { bench, say, signal } = context;
  const { out, strictHost } = options;
  await removeNightLink(out);
  const noise = await bench(['noise', ...(strictHost ? ['--strict-host'] : [])]);
  if (noise !== EXIT.ok) return ended(mostUrgent([noise]), context);
  const chosen = await withSuite(options, context);
  if (!chosen.ok) {
    say(chosen.failure.message);
    return ended(chosen.failure.code, context);
  }

  const { flags: designed, lines } = await designNight(chosen.value);
  for (const line of lines) say(line);
  const { codes, run } = await measureNight(chosen.value, { ...context, designed });
  const measured = mostUrgent(codes);
  if (run === undefined || NOT_MEASURED.includes(measured)) return ended(measured, context, run);
  await linkNight(out, run);
  const after = [
    () => bench(['history', out]),
    ...EXPORTS.map(
      ([file, format, ...flags]) =>
        () =>
          bench(['export', '--format', format, run, ...flags], join(run, file)),
    ),
    () => bench(['report', run]),
  ];
  const all = [...codes];
  for (const step of after) {
    if (signal.aborted) all.push(EXIT.interrupted);
    else all.push(await step());
  }
  const code = mostUrgent(all);
  if (code === EXIT.regression)
    say(`to accept what has changed, save a newer baseline: ${PROGRAM} ${saveWords(chosen.value).join(' ')}`);
  return ended(code, context, run);
}

async function withSuite(
  options: NightlyOptions,
  { tryKvm, say }: NightlyContext,
): Promise<Result<NightlyOptions, KvmNotTried>> {
  if (options.scenarios.length > 0) return { ok: true, value: options };
  const kvm = await tryKvm();
  if (!kvm.ok) return kvm;
  const { scenarios, baselineSuffix, why } = suiteFor(kvm.value);
  say(why);
  return { ok: true, value: { ...options, scenarios, baseline: `${options.baseline}${baselineSuffix}` } };
}

/** The last line of the log. */
function ended(code: ExitCode, { say }: NightlyContext, run?: string): ExitCode {
  const [name] = Object.entries(EXIT).find(([, value]) => value === code) ?? [];
  const meaning = EXIT_MEANINGS[name as keyof typeof EXIT];
  say(`exit ${code} (${meaning}); ${run ?? 'nothing was measured'}`);
  return code;
}

/** The one that has to be known first comes first. */
const BY_URGENCY: readonly ExitCode[] = [
  ...[EXIT.interrupted, EXIT.defect, EXIT.usage, EXIT.hostUnable, EXIT.noBaseline],
  ...[EXIT.regression, EXIT.samplesFailed, EXIT.undecided, EXIT.ok],
];

/** The exit code of the whole job: of its steps' codes the most urgent. One that no command has is a defect. */
export function mostUrgent(codes: readonly number[]): ExitCode {
  const known = codes.map((code) => BY_URGENCY.find((one) => one === code) ?? EXIT.defect);
  return BY_URGENCY.find((code) => known.includes(code)) ?? EXIT.ok;
}
