import { readFileSync } from 'node:fs';
import { parseRecording } from '../record/boots-on-disk.ts';
import type { Recording } from '../timeline/recording.ts';
import type { VariantOfFacts } from './facts.ts';

/**
 * For tests: real boots that were inspected with two disks plugged (QEMU 7.2 under TCG, Debian's 6.1 kernel), cut down
 * to the operations and to what the agent was asked about slots, functions and claims.
 */
export const RECORDED: readonly VariantOfFacts[] = [
  { topology: 'shpc-bridge', topologyOptions: {} },
  { topology: 'acpi-bridge', topologyOptions: {} },
  { topology: 'pcie-root-port', topologyOptions: { ports: 2 } },
  { topology: 'acpi-root-port', topologyOptions: { ports: 2 } },
].map((variant) => ({ scenario: 'iommu-groups', name: variant.topology, ...variant }));

export function recordedBoot(topology: string): Recording {
  const text = readFileSync(new URL(`fixtures/${topology}.jsonl`, import.meta.url), 'utf8');
  const recording = parseRecording(text);
  if (!recording.ok) throw new Error(recording.failure);
  return recording.value;
}
