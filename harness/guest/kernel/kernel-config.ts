import { compareVersions } from './kernel-version.ts';

/**
 * Options of the fragment that not every version has. `since`: of the versions that are built, the first with it.
 * An option that is not here has to be in all of them.
 */
const NOT_IN_EVERY_VERSION: readonly { readonly option: string; readonly since: string }[] = [
  // drivers/iommu/Kconfig of 5.10: VIRTIO_IOMMU depends on ARM64. An Intel IOMMU is what scenarios ask for.
  { option: 'CONFIG_VIRTIO_IOMMU', since: '6.1' },
];

/** The fragment without the options that a source of this version, such as `5.10.223-1`, does not have. */
export function fragmentFor(fragment: string, sourceVersion: string): string {
  const missing = NOT_IN_EVERY_VERSION.filter(({ since }) => compareVersions(sourceVersion, since) < 0);
  const isMissing = (line: string) => isOption(line) && missing.some(({ option }) => optionName(line) === option);
  return fragment
    .split('\n')
    .filter((line) => !isMissing(line))
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

function optionLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(isOption);
}

/** Lines `CONFIG_NAME=value` and `# CONFIG_NAME is not set`; all others are comments. */
function isOption(line: string): boolean {
  return /^(CONFIG_\w+=|# CONFIG_\w+ is not set$)/.test(line);
}

function optionName(line: string): string {
  return /CONFIG_\w+/.exec(line)?.[0] ?? '';
}
