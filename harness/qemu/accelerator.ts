import { createHash } from 'node:crypto';
import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeDirectory } from '../host/make-directory.ts';
import { fail, ok, type Result } from '../result.ts';
import type { AcceleratorChoice } from '../variant.ts';
import type { Accelerator } from '../vocabulary.ts';

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

/** What booting the real guest under KVM and under TCG, side by side, has shown. */
export interface KvmProbe {
  readonly kvm:
    | { readonly state: 'ready'; readonly bootMs: number }
    | { readonly state: 'failed'; readonly why: string }
    /** TCG was ready first, and KVM was waited for no longer. */
    | { readonly state: 'slower' };
  /** How long the guest took under TCG; absent when it had not got ready before KVM had, or had failed. */
  readonly tcgBootMs?: number;
}

/** For `auto` it is enough to know which is faster; for `kvm` it has to be known whether KVM works. */
export type ProbePurpose = 'faster' | 'works';

/** Boots the guest; undefined when that was not carried through (a dry run, an interrupt). */
export type Probe = (purpose: ProbePurpose) => Promise<KvmProbe | undefined>;

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
 * shows that KVM works, and only one beside it under TCG that it is worth it. The answer holds for one host boot, one QEMU
 * binary and one kernel, and is remembered.
 */
export async function decideAccelerator(
  asked: AcceleratorChoice,
  subject: ProbeSubject,
  probe: Probe,
): Promise<Result<AcceleratorDecision, AcceleratorFailure>> {
  if (asked === 'tcg') return ok({ asked, used: 'tcg', why: 'tcg was asked for' });
  const purpose = asked === 'kvm' ? 'works' : 'faster';
  return acceleratorFor(asked, await kvmAnswer(purpose, subject, probe));
}

/** What is used after this probe; without one KVM is believed to work where it was asked for. */
export function acceleratorFor(
  asked: 'auto' | 'kvm',
  answer: KvmProbe | undefined,
): Result<AcceleratorDecision, AcceleratorFailure> {
  if (!answer) return ok({ asked, used: asked === 'kvm' ? 'kvm' : 'tcg', why: 'KVM has not been tried' });
  const { kvm, tcgBootMs } = answer;
  const underTcg = tcgBootMs === undefined ? undefined : `under TCG after ${seconds(tcgBootMs)}`;
  switch (kvm.state) {
    case 'failed':
      if (asked === 'auto') return ok({ asked, used: 'tcg', why: `no usable KVM: ${kvm.why}` });
      return fail({
        message: `KVM was asked for and cannot be used: ${kvm.why}.\nAsk for "auto" or "tcg" to measure without it.`,
      });
    case 'slower':
      return ok({ asked, used: 'tcg', why: `TCG is faster here: the guest was ready ${underTcg}, under KVM not yet` });
    case 'ready': {
      const ready = `the guest was ready under KVM after ${seconds(kvm.bootMs)}`;
      if (tcgBootMs === undefined || tcgBootMs >= kvm.bootMs)
        return ok({ asked, used: 'kvm', why: `${ready}, ${underTcg ?? 'under TCG not yet'}` });
      if (asked === 'kvm') return ok({ asked, used: 'kvm', why: `KVM is slow here: ${ready}, ${underTcg}` });
      return ok({ asked, used: 'tcg', why: `TCG is faster here: ${ready}, ${underTcg}` });
    }
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

async function kvmAnswer(purpose: ProbePurpose, subject: ProbeSubject, probe: Probe): Promise<KvmProbe | undefined> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no /dev/kvm' : '/dev/kvm may not be opened by this user (group kvm?)';
    return { kvm: { state: 'failed', why } };
  }
  const file = join(subject.cacheDirectory, `kvm-${await cacheKey(subject)}.json`);
  const remembered = await readFile(file, 'utf8').then(parseProbe, () => undefined);
  if (remembered && (purpose === 'faster' || remembered.kvm.state !== 'slower')) return remembered;
  const answer = await probe(purpose);
  if (!answer) return undefined;
  await makeDirectory(subject.cacheDirectory);
  await writeFile(file, JSON.stringify(answer));
  return answer;
}

const probeSchema = z.object({
  kvm: z.discriminatedUnion('state', [
    z.object({ state: z.literal('ready'), bootMs: z.number() }),
    z.object({ state: z.literal('failed'), why: z.string() }),
    z.object({ state: z.literal('slower') }),
  ]),
  tcgBootMs: z.number().exactOptional(),
});

/** A half-written or foreign file is no answer: the probe is run again. */
export function parseProbe(text: string): KvmProbe | undefined {
  try {
    return probeSchema.safeParse(JSON.parse(text)).data;
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
