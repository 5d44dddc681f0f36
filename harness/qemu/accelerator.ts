import { createHash } from 'node:crypto';
import { access, constants, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import type { AcceleratorChoice } from '../scenario/variant.ts';
import type { Accelerator } from './command-line.ts';

/** The accelerator that will be used, and why: shown with every result. */
export interface AcceleratorDecision {
  readonly asked: AcceleratorChoice;
  readonly used: Accelerator;
  readonly why: string;
}

/** KVM was asked for by name and does not work here. */
export interface AcceleratorFailure {
  readonly message: string;
}

/** What booting the real guest under KVM showed. */
export interface KvmProbe {
  readonly works: boolean;
  readonly why: string;
}

export interface ProbeSubject {
  /** Path of the QEMU binary. */
  readonly qemu: string;
  /** Hash of the guest kernel. */
  readonly kernelIdentity: string;
  /** Folder for remembered answers. */
  readonly cacheDirectory: string;
}

/**
 * Decides by trying: `/dev/kvm` that opens is not KVM that works. On a nested host a VM can be created and its kernel
 * code then be emulated some thousand times too slowly, ending in "KVM internal error"; only a guest that gets ready
 * shows that KVM works. The answer holds for one host boot, one QEMU binary and one kernel. A probe that was not carried
 * through (a dry run, an interrupt) answers undefined, and nothing is remembered.
 */
export async function decideAccelerator(
  asked: AcceleratorChoice,
  subject: ProbeSubject,
  probe: () => Promise<KvmProbe | undefined>,
): Promise<Result<AcceleratorDecision, AcceleratorFailure>> {
  if (asked === 'tcg') return ok({ asked, used: 'tcg', why: 'tcg was asked for' });
  const answer = await kvmAnswer(subject, probe);
  if (!answer) return ok({ asked, used: asked === 'kvm' ? 'kvm' : 'tcg', why: 'KVM has not been tried' });
  if (answer.works) return ok({ asked, used: 'kvm', why: answer.why });
  if (asked === 'auto') return ok({ asked, used: 'tcg', why: `no usable KVM: ${answer.why}` });
  return fail({
    message: `KVM was asked for and cannot be used: ${answer.why}.\nAsk for "auto" or "tcg" to measure without it.`,
  });
}

async function kvmAnswer(
  subject: ProbeSubject,
  probe: () => Promise<KvmProbe | undefined>,
): Promise<KvmProbe | undefined> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no /dev/kvm' : '/dev/kvm may not be opened by this user (group kvm?)';
    return { works: false, why };
  }
  const file = join(subject.cacheDirectory, `kvm-${await cacheKey(subject)}.json`);
  const remembered = await readFile(file, 'utf8').then(
    (text) => parseProbe(text),
    () => undefined,
  );
  if (remembered) return remembered;
  const answer = await probe();
  if (!answer) return undefined;
  await mkdir(subject.cacheDirectory, { recursive: true });
  await writeFile(file, JSON.stringify(answer));
  return answer;
}

/** A half-written or foreign file is no answer: the probe is run again. */
function parseProbe(text: string): KvmProbe | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { works, why } = value as { works?: unknown; why?: unknown };
    return typeof works === 'boolean' && typeof why === 'string' ? { works, why } : undefined;
  } catch {
    return undefined;
  }
}

async function cacheKey({ qemu, kernelIdentity }: ProbeSubject): Promise<string> {
  const hostBoot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  const binary = await stat(qemu);
  return createHash('sha256')
    .update([hostBoot.trim(), qemu, binary.size, binary.mtimeMs, kernelIdentity].join('\n'))
    .digest('hex')
    .slice(0, 24);
}
