import { PROGRAM } from '../commands/help-text.ts';
import { EXIT } from '../exit-codes.ts';
import { findBaseline, hostKey } from '../history/baselines.ts';
import { hostIdentity } from '../host/fingerprint.ts';
import { shellWord } from '../host/run-tool.ts';
import { readRunComparison } from '../record/comparison-file.ts';
import type { NightlyOptions } from './options.ts';
import { ownRun, runsIn } from './own-run.ts';
import { isOfOtherScenarios, keepAside, removeAside, runIn } from './renew-baseline.ts';

/** Runs one command of `bench`, and gives its exit code. `outputFile`: where its standard output goes. */
export type Bench = (args: readonly string[], outputFile?: string) => Promise<number>;

/** What a night's run came to. */
export interface MeasuredNight {
  readonly codes: readonly number[];
  /** Its directory; absent where nothing was measured. */
  readonly run: string | undefined;
}

export interface NightContext {
  readonly bench: Bench;
  /** Flags for `run` that this night was designed with. */
  readonly designed: readonly string[];
  /** Writes a line for the log. */
  readonly say: (text: string) => void;
}

/**
 * Measures and compares with this host's baseline. On a host that has none, the run becomes it.
 *
 * When an update (of QEMU, of a kernel) lets nothing be compared any more, the night is measured all the same and becomes the
 * baseline beside the old one: without anybody's doing, a gate that only complains would measure nothing until somebody
 * came. What the update itself changed was judged by nobody, so that night's code is 5 and not 0.
 */
export async function measureNight(options: NightlyOptions, context: NightContext): Promise<MeasuredNight> {
  const { out, baseline: name } = options;
  const key = hostKey(hostIdentity());
  const baseline = findBaseline(out, key, name);
  if (!baseline) {
    context.say(`there is no baseline "${name}" of this host (${key}) in ${out}: this run becomes it`);
    return runAsBaseline(options, context);
  }
  const compared = await run(options, context, ['--baseline', name, '--require-baseline']);
  if (!compared.codes.includes(EXIT.noBaseline)) return withUnjudged(compared, options, context);

  if (isOfOtherScenarios(baseline, options.scenarios)) {
    context.say(
      `the baseline "${name}" is of other scenarios: name another one with --baseline. Nothing was measured.`,
    );
    return compared;
  }
  context.say(`nothing can be compared with the baseline "${name}" (see above): this run becomes the new one`);
  const before = runIn(baseline);
  const aside = await keepAside(baseline, new Date());
  const renewed = await runAsBaseline(options, context);
  if (runIn(baseline) !== before) {
    const base = shellWord(aside.directory);
    context.say(`this night was compared with nothing. The old baseline is kept: ${aside.directory}`);
    if (renewed.run) context.say(`what has changed: ${PROGRAM} compare --force ${base} ${shellWord(renewed.run)}`);
  } else {
    await removeAside(aside);
    context.say(`there is no new baseline; the old one stays. To make one: ${PROGRAM} ${saveWords(options).join(' ')}`);
  }
  return { codes: [EXIT.noBaseline, ...renewed.codes], run: renewed.run };
}

/** On a busy host nothing becomes a baseline, and `run` measures nothing for one. The night is not lost for that. */
async function runAsBaseline(options: NightlyOptions, context: NightContext): Promise<MeasuredNight> {
  const night = await run(options, context, ['--save-baseline', options.baseline]);
  if (!night.codes.includes(EXIT.hostUnable)) return night;
  context.say('this night becomes no baseline (see above): it is measured without');
  return run(options, context, []);
}

/** A gate that has gone half blind says so every night, until somebody accepts what it now measures. */
async function withUnjudged(
  night: MeasuredNight,
  options: NightlyOptions,
  { say }: NightContext,
): Promise<MeasuredNight> {
  const unjudged = night.run === undefined ? [] : await unjudgedIn(night.run);
  if (unjudged.length === 0) return night;
  const words = saveWords(options).join(' ');
  say(`compared with nothing: ${unjudged.join(', ')} (see above). To make this the baseline: ${PROGRAM} ${words}`);
  return { ...night, codes: [...night.codes, EXIT.noBaseline] };
}

/** Variants of which an operation was measured under other conditions than in the baseline, or is no longer measured. */
async function unjudgedIn(run: string): Promise<readonly string[]> {
  const compared = await readRunComparison(run);
  const comparisons = compared.ok ? (compared.value?.comparisons ?? []) : [];
  const unjudged = comparisons.filter(({ verdict }) => verdict === 'incomparable' || verdict === 'missing');
  return [...new Set(unjudged.map(({ scenario, variant }) => `${scenario}/${variant}`))];
}

/** The words with which a person accepts what has changed. */
export function saveWords({ scenarios, out, baseline }: NightlyOptions): readonly string[] {
  return [...scenarios, '--out', out, '--save-baseline', baseline].map(shellWord);
}

async function run(
  { scenarios, out, detect, acceptUndecided }: NightlyOptions,
  { bench, designed }: NightContext,
  flags: readonly string[],
): Promise<MeasuredNight> {
  const decision = [
    ...(detect === undefined ? [] : ['--detect', `${100 * detect}%`]),
    ...(acceptUndecided ? ['--accept-undecided'] : []),
  ];
  const words = ['run', ...scenarios, '--out', out, ...designed, ...flags, ...decision];
  const before = runsIn(out);
  const code = await bench(words);
  return { codes: [code], run: ownRun(out, before, words) };
}
