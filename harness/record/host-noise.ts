import { BUSY_SHARE, STEAL_SHARE } from '../host/host-use.ts';
import type { RunFile } from './run-file.ts';

type Measured = Pick<RunFile, 'noise' | 'boots' | 'host' | 'clock' | 'variants'>;

/** Of so large a share of its boots a run may be disturbed, and still be what others are compared with. */
const BUSY_BOOTS_SHARE = 0.25;

/**
 * What disturbed a run, in sentences: what was found before it, and its boots in which other programs, or other guests of a
 * hypervisor below, had CPU time that QEMU would have needed. Nothing in virtual time, which stands still while a guest
 * waits for its turn, and nothing of a run of an earlier version.
 */
export function hostNoiseTexts(run: Measured): readonly string[] {
  const boots = measuredBoots(run);
  if (!isRealTime(run)) return [];
  const busy = boots.filter((boot) => boot.isBusy);
  const stolen = boots.filter((boot) => boot.isStolen);
  const mostBusy = busy.toSorted((a, b) => b.otherCpus - a.otherCpus)[0];
  const mostStolen = stolen.toSorted((a, b) => b.stealShare - a.stealShare)[0];
  return [
    ...(run.noise ?? []).map(({ text }) => `before it began: ${text}`),
    ...(mostBusy
      ? [
          `in ${busy.length} of ${boots.length} boots other programs used CPUs of the host, up to ` +
            `${mostBusy.otherCpus.toFixed(1)} of ${run.host.cores} (${mostBusy.name})`,
        ]
      : []),
    ...(mostStolen
      ? [
          `in ${stolen.length} of ${boots.length} boots CPU time was stolen by the hypervisor below, up to ` +
            `${(100 * mostStolen.stealShare).toFixed(0)} % (${mostStolen.name})`,
        ]
      : []),
  ];
}

/** Whether so much of a run was disturbed that nothing should be compared with it. */
export function wasBusy(run: Measured): boolean {
  const boots = measuredBoots(run);
  const disturbed = boots.filter(({ isBusy, isStolen }) => isBusy || isStolen);
  return isRealTime(run) && boots.length > 0 && disturbed.length / boots.length > BUSY_BOOTS_SHARE;
}

function isRealTime({ clock, variants }: Measured): boolean {
  return variants.some((variant) => (variant.clock ?? clock) !== 'virtual');
}

/** Boots on the real clock during which the host was looked at. */
function measuredBoots({ boots, host, variants, clock }: Measured) {
  const virtual = new Set(
    variants.filter((one) => (one.clock ?? clock) === 'virtual').map(({ scenario, name }) => `${scenario}/${name}`),
  );
  return boots.flatMap(({ scenario, variant, boot, host_use: use }) => {
    if (!use || virtual.has(`${scenario}/${variant}`)) return [];
    const { other_cpus: otherCpus, steal_share: stealShare } = use;
    return [
      {
        name: `${scenario}/${variant} boot ${boot}`,
        otherCpus: otherCpus ?? 0,
        stealShare,
        isBusy: (otherCpus ?? 0) / host.cores > BUSY_SHARE,
        isStolen: stealShare > STEAL_SHARE,
      },
    ];
  });
}
