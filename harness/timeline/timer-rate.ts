import { kernelLine } from './kernel-line.ts';
import type { RecordedEvent } from './recording.ts';

/**
 * How far the rate of a guest's local APIC timer may be off what QEMU's has. On a busy host the kernel measures it wrongly
 * (docs/known-faults.md, "The timer's rate is measured wrongly"), corrects it by the ACPI timer, and says with what result;
 * with a guest that was not run in the meantime there is nothing to correct by. Right corrections were off by 0.04 % at most,
 * wrong ones by 0.7 to 2.2 %: the tenth of a per cent between is less than the step of the kernel's timer wheel in any wait.
 *
 * Known is only what the kernel says. Where it finds nothing to correct it may be off by up to 1 % without a word
 * (arch/x86/kernel/apic/apic.c, calibrate_by_pmtimer()).
 */
const LIMIT = 0.001;

/** QEMU's local APIC counts once in 16 ns (hw/intc/apic_common.c: a bus cycle of 1 ns, divided by 16): in the 100 ms measured. */
const QEMU_COUNTS = 6_250_000;

/** Where a guest's kernel has set the rate of its timer wrongly, and how far; undefined when it has not said so. */
export function wrongTimerRate(
  events: readonly RecordedEvent[],
): { readonly at: number; readonly why: string } | undefined {
  for (const [at, event] of events.entries()) {
    const [said, counts] = /^APIC delta adjusted to PM-Timer: (\d+).*/s.exec(kernelLine(event) ?? '') ?? [];
    if (said === undefined) continue;
    const off = Number(counts) / QEMU_COUNTS - 1;
    if (Math.abs(off) <= LIMIT) continue;
    const far = `${(Math.abs(off) * 100).toFixed(1)} % too ${off > 0 ? 'late' : 'early'}`;
    return { at, why: `the guest's timers run ${far}: its kernel said "${said}"` };
  }
  return undefined;
}
