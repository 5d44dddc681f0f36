import type { Possibility } from './facts.ts';
import { type Need, neededDevices } from './need.ts';

/** A machine that was measured, as far as it matters to somebody who has to choose one. */
export interface Candidate {
  readonly scenario: string;
  readonly variant: string;
  readonly topology: string;
  /** What kind of bus its slots are on, as the topology's file has it. */
  readonly slotBus: 'pci' | 'pcie';
  /** As the guest saw them; absent where no guest listed its slots. */
  readonly slots?: number;
  /** Plugs of so many devices at once: medians in milliseconds until the last was usable. */
  readonly bursts: readonly { readonly size: number; readonly lastMs: number }[];
  /** Median of a plug that was alone, the slowest kind of device; absent where too many failed. */
  readonly plugMs?: number;
  readonly bootMs?: number;
  /** Share of the tried plugs that failed. */
  readonly failureRate: number;
  /** Absent where the scenario did not inspect it. */
  readonly twoUserspaceDrivers?: Possibility;
}

/** How long until the last device is usable, and how that is known. */
interface LastDevice {
  readonly lastMs: number;
  readonly how: 'measured' | 'between-measured' | 'one-after-another';
  /** In words: `8 at once`, `between 4 and 16 at once`, `8 times one`. */
  readonly from: string;
}

/** Something that is needed: met, not met, or not known; with the reason where it is not met. */
interface Weighed {
  readonly met: boolean | undefined;
  readonly why: string;
}

export interface Choice {
  readonly candidate: Candidate;
  readonly last: LastDevice | undefined;
  /** Slots left with all devices plugged; negative where there are too few. */
  readonly slotsLeft: number | undefined;
  /** Whatever was asked for, in the order of the words. */
  readonly weighed: readonly Weighed[];
  readonly verdict: 'fits' | 'not-known' | 'does-not-fit';
  /** What a host device lacks in its slots, and what has to be arranged for it. */
  readonly remarks: readonly string[];
}

/**
 * The machines of a run by how well they serve a need. Those that fit come first, then those of which something is not known, then
 * the others; within these the machine with fewer failures, then the one whose last device is usable earlier, then the one with
 * more slots left.
 *
 * Assumption: what was measured for the run's devices holds for those that are needed. Limit: only devices of the kinds that the run
 * plugged were measured, and a time that is put together from plugs one after another is what a client can always have, not what the
 * machine would do with all at once; `how` says which it is.
 */
export function chooseTopology(need: Need, candidates: readonly Candidate[]): readonly Choice[] {
  return candidates
    .map((candidate) => choiceOf(need, candidate))
    .toSorted(
      (a, b) =>
        ORDER[a.verdict] - ORDER[b.verdict] ||
        a.candidate.failureRate - b.candidate.failureRate ||
        (a.last?.lastMs ?? Number.POSITIVE_INFINITY) - (b.last?.lastMs ?? Number.POSITIVE_INFINITY) ||
        (b.slotsLeft ?? 0) - (a.slotsLeft ?? 0),
    );
}

const ORDER = { fits: 0, 'not-known': 1, 'does-not-fit': 2 } as const;

function choiceOf(need: Need, candidate: Candidate): Choice {
  const wanted = neededDevices(need);
  const last = lastDevice(wanted, candidate);
  const slotsLeft = candidate.slots === undefined ? undefined : candidate.slots - wanted;
  const weighed = [
    slotsWeighed(wanted, candidate.slots),
    timeWeighed(need.deadlineMs, last),
    ...(need.vfio ? [vfioWeighed(candidate)] : []),
    ...(need.userspace ? [userspaceWeighed(candidate.twoUserspaceDrivers)] : []),
  ];
  const verdict = weighed.some(({ met }) => met === false)
    ? 'does-not-fit'
    : weighed.some(({ met }) => met === undefined)
      ? 'not-known'
      : 'fits';
  return { candidate, last, slotsLeft, weighed, verdict, remarks: need.vfio ? vfioRemarks(candidate) : [] };
}

/**
 * As many at once where that was measured; else on the straight line between the next fewer and the next more; else the quickest
 * way to put it together: the largest burst that is small enough, or single plugs, one after another.
 */
function lastDevice(wanted: number, { bursts, plugMs }: Candidate): LastDevice | undefined {
  const single = plugMs === undefined ? [] : [{ size: 1, lastMs: plugMs }];
  const known = [...single, ...bursts].toSorted((a, b) => a.size - b.size);
  const exact = known.find(({ size }) => size === wanted);
  if (exact) return { lastMs: exact.lastMs, how: 'measured', from: atOnce(wanted) };
  const below = known.findLast(({ size }) => size < wanted);
  const above = known.find(({ size }) => size > wanted);
  if (below && above) {
    const share = (wanted - below.size) / (above.size - below.size);
    const lastMs = below.lastMs + share * (above.lastMs - below.lastMs);
    return { lastMs, how: 'between-measured', from: `between ${below.size} and ${above.size} at once` };
  }
  const plans = known
    .filter(({ size }) => size < wanted)
    .map(({ size, lastMs }) => ({ times: Math.ceil(wanted / size), size, lastMs: Math.ceil(wanted / size) * lastMs }))
    .toSorted((a, b) => a.lastMs - b.lastMs);
  const [plan] = plans;
  return plan && { lastMs: plan.lastMs, how: 'one-after-another', from: `${plan.times} times ${atOnce(plan.size)}` };
}

function atOnce(size: number): string {
  return size === 1 ? 'one' : `${size} at once`;
}

function slotsWeighed(wanted: number, slots: number | undefined): Weighed {
  if (slots === undefined) return { met: undefined, why: 'no guest has listed its slots' };
  return { met: slots >= wanted, why: `it has ${slots} ${slots === 1 ? 'slot' : 'slots'}` };
}

function timeWeighed(deadlineMs: number | undefined, last: LastDevice | undefined): Weighed {
  if (!last) return { met: undefined, why: 'no plug was measured' };
  if (deadlineMs === undefined || last.lastMs <= deadlineMs) return { met: true, why: '' };
  // One after another is the slowest way: what is too slow in it may be in time at once.
  return last.how === 'one-after-another'
    ? { met: undefined, why: `one after another is too slow, and so many at once were not measured` }
    : { met: false, why: 'the last device is usable after the deadline' };
}

/** A host device can be put into either kind of slot; what it loses in a conventional one is a remark. */
function vfioWeighed({ slots }: Candidate): Weighed {
  return slots === 0 ? { met: false, why: 'it has no slot' } : { met: true, why: '' };
}

function userspaceWeighed(possibility: Possibility | undefined): Weighed {
  if (!possibility)
    return { met: undefined, why: 'IOMMU groups were not inspected (a step "inspect: iommu-groups" does)' };
  return { met: possibility.possible, why: possibility.why };
}

/**
 * QEMU's hw/vfio/pci.c, vfio_add_ext_cap(): the guest gets extended capabilities only where the device is on a PCI Express bus. What a
 * bridge or port forwards has to fit the windows that it was given at boot (QEMU's docs/pcie.txt, "Hot-plug"), and a root port cannot
 * itself be plugged (hw/pci-bridge/pcie_root_port.c).
 */
function vfioRemarks({ slotBus }: Candidate): readonly string[] {
  const windows = 'large BARs need a window that was reserved at boot (mem-reserve, pref64-reserve)';
  return slotBus === 'pci'
    ? [`conventional slots have no extended configuration space (AER, ATS, SR-IOV); ${windows}`]
    : [`a port for each device has to be there when the machine starts; ${windows}`];
}
