import type { ReadyVariant } from '../plan/ready-variant.ts';
import type { StoredHost } from './run-file.ts';
import { variantJson } from './run-json.ts';
import type { StoredPlan } from './stored-plan.ts';

/** What samples depend on besides the plan. */
export interface Conditions {
  /** As `run.json` describes it. */
  readonly host: StoredHost;
  readonly commit: string;
  readonly variants: StoredPlan['variants'];
}

/** Something that is not the same under two conditions. */
export interface Difference {
  readonly what: string;
  readonly one: string;
  readonly other: string;
}

/** What is of the moment, and what the history shows as a break. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['load', 'microcode']);
/** All that matters of a host on which the guest's instructions are counted. */
const COMPARED_IN_VIRTUAL_TIME = 'qemu';

export function storedConditions({ host, tool, variants }: StoredPlan): Conditions {
  return { host, commit: tool.commit, variants };
}

export function presentConditions(host: StoredHost, commit: string, ready: readonly ReadyVariant[]): Conditions {
  return { host, commit, variants: ready.map(variantJson) };
}

/** Everything in which they differ and that both know of. */
export function differences(one: Conditions, other: Conditions): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, a: unknown, b: unknown, show: (value: unknown) => string = String) => {
    if (a !== undefined && b !== undefined && String(a) !== String(b))
      found.push({ what, one: show(a), other: show(b) });
  };
  const isVirtual = [...one.variants, ...other.variants].every(({ clock }) => clock === 'virtual');
  const matters = (key: string) => (isVirtual ? key === COMPARED_IN_VIRTUAL_TIME : !NOT_COMPARED.has(key));
  for (const [key, value] of Object.entries(one.host)) {
    if (matters(key)) compare(`host's ${key.replaceAll('_', ' ')}`, value, other.host[key]);
  }
  compare("harness's commit", one.commit, other.commit);
  for (const variant of one.variants) {
    const same = other.variants.find(({ scenario, name }) => scenario === variant.scenario && name === variant.name);
    if (!same) continue;
    const of = `of ${variant.scenario}/${variant.name}`;
    compare(`QEMU binary ${of}`, variant.qemu, same.qemu);
    compare(`QEMU version ${of}`, variant.qemu_version ?? undefined, same.qemu_version ?? undefined);
    compare(`QEMU build ${of}`, variant.qemu_sha256 ?? undefined, same.qemu_sha256 ?? undefined);
    compare(`accelerator ${of}`, variant.accelerator.used, same.accelerator.used);
    const kernels = new Map([variant, same].map(({ guest: { kernel } }) => [kernel.sha256, kernel.description]));
    const kernelName = (sha256: unknown) => `${kernels.get(String(sha256))} (${String(sha256).slice(0, 12)})`;
    compare(`clock ${of}`, variant.clock, same.clock);
    compare(`guest kernel ${of}`, variant.guest.kernel.sha256, same.guest.kernel.sha256, kernelName);
    compare(`parts left out ${of}`, variant.left_out?.join('; ') || 'none', same.left_out?.join('; ') || 'none');
  }
  return found;
}
