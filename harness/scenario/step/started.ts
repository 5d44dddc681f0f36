import { z } from 'zod';
import type { StartedDevice } from '../../variant.ts';
import type { Finding, Path } from '../yaml/problem.ts';
import { deviceChoice, deviceId } from './choices.ts';
import { locate, pciAddress } from './locate.ts';
import type { Layout, Whereabouts } from './step-kind.ts';

/** More than there are slots on any machine of QEMU's. */
const MAX_COUNT = 1000;

const options = {
  id: deviceId.exactOptional(),
  count: z.int().min(1).max(MAX_COUNT).describe('how many of it').exactOptional(),
  bus: z
    .string()
    .describe("QEMU's name of one of the topology's buses; the first free slot on any without it")
    .exactOptional(),
  addr: pciAddress
    .describe('with "bus": the slot on it, hexadecimal as for QEMU; the first free one without it')
    .exactOptional(),
};

/** Devices of one kind, as the file wants them there from the start. */
export interface WantedFromStart {
  readonly device: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly count?: number;
  readonly bus?: string;
  readonly addr?: string;
}

/** `start: [virtio-blk, { device: virtio-net, count: 2 }]`: what QEMU's command line has. */
export const startedDevices = z
  .array(
    deviceChoice(options, { orDefault: false }).transform(
      ({ device, options: given, rest }): WantedFromStart => ({ device, options: given, ...rest }),
    ),
  )
  .describe('devices that are there from the start, in slots of the topology; a step may unplug them')
  .meta({ title: 'a list of devices' });

/** The layout with these devices in the first free slots, before anything is plugged. */
export function placeStarted(
  empty: Layout,
  wanted: readonly WantedFromStart[],
  surroundings: Omit<Whereabouts, 'path'>,
  path: Path,
): { readonly layout: Layout; readonly started: readonly StartedDevice[]; readonly findings: readonly Finding[] } {
  let layout = empty;
  const started: StartedDevice[] = [];
  const findings: Finding[] = [];
  for (const [index, { device: name, options: given, count: many = 1, ...place }] of wanted.entries()) {
    const here = [...path, index];
    const located = locate(
      layout,
      { device: { name, options: given }, many, ...place },
      { ...surroundings, path: here },
    );
    if (!('devices' in located)) {
      findings.push(...located.findings);
      continue;
    }
    const devices = located.devices.flatMap(({ refused, ...one }) =>
      refused ? [] : [{ ...one, slot: one.slot as number }],
    );
    started.push(...devices.map((one): StartedDevice => ({ operation: 'start', ...one })));
    const added = devices.map((one) => ({ ...one, path: here }));
    layout = {
      ...layout,
      plugged: [...layout.plugged, ...added],
      everPlugged: [...layout.everPlugged, ...added],
    };
  }
  return { layout, started, findings };
}
