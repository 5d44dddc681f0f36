import { kernelEntry, logZero, type PhaseTable } from '../phase.ts';
import { boot } from './boot.ts';

/**
 * A boot on the virtual clock. CLOCK_MONOTONIC, whose zero ends the firmware on the real clock, counts jiffies until Linux has
 * a clock source, and does not say when it began; the kernel log's clock is the time-stamp counter from its beginning, and
 * does. So the kernel begins a little later here than there, by what setup_arch() does before.
 */
export const virtualBoot: PhaseTable = [
  {
    name: 'firmware',
    kind: 'guest',
    end: kernelEntry,
    required: true,
    source: 'SeaBIOS, the linuxboot option ROM and the 16-bit part of the kernel, until its 32-bit entry point',
  },
  {
    name: 'decompression',
    kind: 'guest',
    end: logZero,
    required: true,
    source: "arch/x86/boot/compressed, then start_kernel() until tsc_early_init() starts the log's clock",
  },
  ...boot.slice(boot.findIndex(({ name }) => name === 'kernel')),
];
