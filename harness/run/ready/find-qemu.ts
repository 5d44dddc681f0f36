import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { qemuVersion } from '../../host/fingerprint.ts';
import { findCommand } from '../../host/requirements.ts';
import { runTool } from '../../host/run-tool.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';
import type { Variant } from '../../variant.ts';
import { debianQemu } from '../../versions/debian-qemu.ts';
import type { FetchedPackage } from '../../versions/suites.ts';

/** The QEMU of a variant. */
interface VariantQemu {
  /** Path of what is executed with QEMU's arguments. */
  readonly command: string;
  /** First line of its `--version`. */
  readonly version: string;
  /** SHA-256 of the binary, hexadecimal: it may be built anew under the same version. */
  readonly sha256?: string;
  readonly package?: FetchedPackage;
}

export type FoundQemu = Result<VariantQemu, FailureWithRemedy>;

/**
 * What is to be executed for the QEMU that a variant names, and that it can be; `usual` where it names none.
 *
 * @param executes whether a program that the file names may be started, to be asked for its version
 */
export async function findQemu(
  named: Variant['qemu'],
  usual: string,
  report: (text: string) => void,
  executes = true,
): Promise<FoundQemu> {
  if (named === undefined) return ok({ command: usual, version: await qemuVersion(usual), ...(await hashOf(usual)) });
  if (typeof named === 'string') return ownQemu(named, report, executes);
  const fetched = await debianQemu(named, report);
  if (!fetched.ok) return fetched;
  const { command, binary, package: from } = fetched.value;
  const version = await versionOf(command, 'It was fetched whole: its libraries ask for more than this host has.');
  if (version.ok) return ok({ command, version: version.value, ...(await hashOf(binary)), package: from });
  const what = `The QEMU of Debian's ${from.suite} (${from.version}) does not start on this host: ${version.failure.what}`;
  return fail({ kind: 'unavailable', what, remedy: version.failure.remedy });
}

async function ownQemu(named: string, report: (text: string) => void, executes: boolean): Promise<FoundQemu> {
  const command = findCommand(named);
  const remedy = 'Name a QEMU that this user can execute.';
  if (command === undefined) return fail({ what: `there is no QEMU binary ${named} that can be executed`, remedy });
  if (!executes) {
    report(
      `${command} is not started, since the scenario names it: what depends on its version is shown as for a new one`,
    );
    return ok({ command, version: '' });
  }
  const version = await versionOf(command, remedy);
  return version.ok ? ok({ command, version: version.value, ...(await hashOf(command)) }) : version;
}

/** Nothing where it may be executed and not read. */
async function hashOf(binary: string): Promise<Pick<VariantQemu, 'sha256'>> {
  const content = await readFile(binary).catch(() => undefined);
  return content ? { sha256: createHash('sha256').update(content).digest('hex') } : {};
}

async function versionOf(command: string, remedy: string): Promise<Result<string, FailureWithRemedy>> {
  const said = await runTool(command, ['--version'], remedy);
  return said.ok ? ok(said.value.split('\n')[0] ?? '') : said;
}
