import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../cache/cache.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { prepareStockGuest } from '../guest/stock-guest.ts';
import { checkHost, findQemu } from '../host/requirements.ts';
import { decideAccelerator } from '../qemu/accelerator.ts';
import type { DoctorFlags } from './flags.ts';
import { listenForInterrupts } from './interruption.ts';
import { print, say } from './output.ts';
import { tryKvm as tryToBootWithKvm } from './try-kvm.ts';

/** A line of the report. A `note` is worth knowing, and no reason not to start. */
interface Finding {
  readonly state: 'ok' | 'missing' | 'note';
  readonly name: string;
  readonly text: string;
}

/**
 * `bench doctor`: what is there, what is missing and how to get it. Exit 4 when something is missing. It fetches nothing
 * and starts no guest, but with `--try-kvm` it does both, and KVM that does not work is missing.
 */
export async function doctorCommand({ tryKvm }: DoctorFlags): Promise<ExitCode> {
  const tools = checkHost().map(({ name, found, path = '', remedy }): Finding => {
    return found ? { state: 'ok', name, text: path } : { state: 'missing', name, text: remedy };
  });
  const findings = [...tools];
  // Preparing the guest needs the tools.
  if (isComplete(tools)) {
    const kvm = tryKvm ? [await triedKvm()] : [];
    findings.push(...(await guestAndAccelerator()), ...kvm);
  }
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(
    ({ state, name, text }) => `${state.padEnd('missing'.length)} ${name.padEnd(width)}  ${text}`,
  );
  print(lines.join('\n'));
  return isComplete(findings) ? EXIT.ok : EXIT.hostUnable;
}

function isComplete(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'missing');
}

async function guestAndAccelerator(): Promise<readonly Finding[]> {
  const cache = cacheRoot();
  if (!existsSync(join(cache, 'stock-kernel'))) {
    return [{ state: 'note', name: 'stock guest', text: `the first run downloads it to ${cache}, about 75 MB` }];
  }
  const guest = await prepareStockGuest(() => {});
  if (!guest.ok) {
    return [{ state: 'missing', name: 'stock guest', text: `${guest.failure.what} ${guest.failure.remedy}` }];
  }
  return [
    { state: 'ok', name: 'stock guest', text: `${guest.value.description}, in ${cache}` },
    await accelerator(guest.value.identity),
  ];
}

async function triedKvm(): Promise<Finding> {
  const { signal } = listenForInterrupts(() => say('interrupted, ending what was started'));
  const answer = await tryToBootWithKvm(signal, say);
  const works = answer.ok && answer.value.works;
  const text = answer.ok ? answer.value.why : answer.failure.message;
  return { state: works ? 'ok' : 'missing', name: 'KVM', text };
}

/** What runs have found out about KVM here. Only booting a guest would show more, and that is for a run. */
async function accelerator(kernelIdentity: string): Promise<Finding> {
  const subject = { qemu: findQemu() ?? '', kernelIdentity, cacheDirectory: join(cacheRoot(), 'accelerator') };
  const decided = await decideAccelerator('auto', subject, async () => undefined);
  if (!decided.ok) return { state: 'note', name: 'accelerator', text: decided.failure.message };
  const { used, why } = decided.value;
  return { state: used === 'kvm' ? 'ok' : 'note', name: 'accelerator', text: `${used}: ${why}` };
}
