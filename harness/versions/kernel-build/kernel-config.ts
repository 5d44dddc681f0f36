import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';
import { runMake } from './run-make.ts';

/** An option that not every version has. The versions are the first ones that are built with it, and without it again. */
interface VersionedOption {
  readonly line: string;
  readonly since?: string;
  readonly before?: string;
  /** The line that the other versions get. */
  readonly instead?: string;
}

/** Lines of the fragment that not every version takes. What is not here has to be in all of them. */
const VERSIONED_OPTIONS: readonly VersionedOption[] = [
  // drivers/iommu/Kconfig of 5.10: VIRTIO_IOMMU depends on ARM64. An Intel IOMMU is what scenarios ask for.
  { line: 'CONFIG_VIRTIO_IOMMU=y', since: '6.1' },
  // kernel/Kconfig.preempt of 7.2: not on an architecture that has lazy preemption, whose default that is.
  { line: 'CONFIG_PREEMPT_VOLUNTARY=y', before: '7.2', instead: 'CONFIG_PREEMPT_LAZY=y' },
];

/** The fragment as a source of this version, such as `5.10.223-1`, takes it. */
export function fragmentFor(fragment: string, sourceVersion: string): string {
  const others = VERSIONED_OPTIONS.filter(({ since = '0', before }) => {
    const isTooOld = compareVersions(sourceVersion, since) < 0;
    return isTooOld || (before !== undefined && compareVersions(sourceVersion, before) >= 0);
  });
  return fragment
    .split('\n')
    .flatMap((line) => {
      const other = others.find((option) => option.line === line);
      if (other === undefined) return [line];
      return other.instead === undefined ? [] : [other.instead];
    })
    .join('\n');
}

/** A line of the fragment that is not in the finished configuration, and what is there in its place. */
export interface LostOption {
  readonly wanted: string;
  /** Absent when the option is not there at all: something it depends on is missing, or this kernel has no such option. */
  readonly got?: string;
}

/**
 * What `make olddefconfig` dropped or changed. `fragment` and `config` are texts in the format of a .config; an option
 * that is not mentioned counts as not set.
 */
export function lostOptions(fragment: string, config: string): readonly LostOption[] {
  const finished = new Map(optionLines(config).map((line) => [optionName(line), line]));
  return optionLines(fragment).flatMap((wanted) => {
    const got = finished.get(optionName(wanted));
    if (got === wanted || (got === undefined && wanted.endsWith(' is not set'))) return [];
    return [got === undefined ? { wanted } : { wanted, got }];
  });
}

/** For a message: one line for each. */
export function describeLostOptions(lost: readonly LostOption[]): string {
  return lost.map(({ wanted, got }) => `  ${wanted}: ${got ?? 'not in the configuration'}`).join('\n');
}

/** Lines `CONFIG_NAME=value` and `# CONFIG_NAME is not set`; all others are comments. */
function optionLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(CONFIG_\w+=|# CONFIG_\w+ is not set$)/.test(line));
}

function optionName(line: string): string {
  return /CONFIG_\w+/.exec(line)?.[0] ?? '';
}

/**
 * Orders versions of Linux, also as Debian's packages have them (`6.12.95-1~bpo12+1`): negative where the first is the
 * older one, 0 where both are the same. Numbers that one of them lacks count as 0, and Debian's revision does not count.
 */
export function compareVersions(one: string, other: string): number {
  const [numbers, others] = [numbersOf(one), numbersOf(other)];
  for (let index = 0; index < Math.max(numbers.length, others.length); index += 1) {
    const difference = (numbers[index] ?? 0) - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): readonly number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}

/**
 * Makes the .config of the kernel in `tree`: the smallest configuration, with the fragment appended. Of two lines for
 * one option, Kconfig takes the later. An option that it drops is a failure.
 */
export async function configureKernel(tree: string, fragment: string): Promise<Result<void, FailureWithRemedy>> {
  const config = join(tree, '.config');
  const tiny = await runMake(tree, 'tinyconfig');
  if (!tiny.ok) return tiny;
  await appendFile(config, fragment);
  const completed = await runMake(tree, 'olddefconfig');
  if (!completed.ok) return completed;
  const lost = lostOptions(fragment, await readFile(config, 'utf8'));
  if (lost.length === 0) return ok(undefined);
  return fail({
    what: `This kernel's configuration does not take what harness/versions/kernel-build/kernel.config asks for:\n${describeLostOptions(lost)}`,
    remedy: 'Add the options that these depend on, or drop them.',
  });
}
