import { runTool } from '../host/run-tool.ts';
import { type FailureWithRemedy, fail, type Result } from '../result.ts';
import type { VersionFailure } from './suites.ts';

/** What to do, by what apt says (2.0 to 3.0). Where it says something else, the message still has apt's own words. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/enough free space/, 'Free some disk space, or set XDG_CACHE_HOME to a directory on another disk.'],
  [
    /NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG|is not signed|Missing key|Sub-process .* returned an error code .*signature|couldn't be verified/i,
    "The signature does not fit the keys of this host. Is its package debian-archive-keyring up to date, and its mirror Debian's?",
  ],
  [
    /Could not resolve|Temporary failure resolving|Could not connect|Cannot initiate the connection|Connection (?:failed|refused|timed out|reset)|Network is unreachable|Connection timed out/i,
    'Check the network and the proxy of apt. What has been fetched before needs no network ("bench list" shows it).',
  ],
  [
    /404|does not have a Release file|File not found|Hash Sum mismatch/i,
    // apt says the same of a mirror whose answer was cut off.
    'Check the network, try again in a while, or use another mirror in the package sources: this one does not have it, has just changed, or was cut off. Old suites leave the mirrors.',
  ],
];

const OTHERWISE = 'See what apt says; "bench list" shows what is there without a network.';

/** apt-get, apt-cache and what comes after them. */
export function runApt(
  command: string,
  words: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Result<string, FailureWithRemedy>> {
  return runTool(command, words, OTHERWISE, options);
}

/** `subject` is what was wanted, as the beginning of a sentence. */
export function cannotBeHad(subject: string, { what, remedy }: FailureWithRemedy): Result<never, VersionFailure> {
  const known = REMEDIES.find(([pattern]) => pattern.test(what))?.[1];
  return fail({
    kind: 'unavailable',
    what: `${subject} cannot be had: ${what}`,
    remedy: remedy === OTHERWISE ? (known ?? remedy) : remedy,
  });
}
