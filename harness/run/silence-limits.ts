/**
 * How long nothing at all may come from a machine that a command, or a request to the agent, waits for; times how slow the
 * guest is, where that is known. QEMU replies in milliseconds, unless a backend keeps it waiting. The agent's longest work
 * without a word, to list all PCI functions, takes milliseconds, too, and a host may be too busy to run QEMU for some seconds.
 */
export const COMMAND_SILENCE_MS = 20_000;
export const ASK_SILENCE_MS = 10_000;
