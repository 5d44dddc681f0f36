import { durationIn, isDuration } from '../scenario/yaml/duration.ts';

/** What somebody needs of a machine: devices plugged at the same time, and what is to be done with them. */
export interface Need {
  readonly disks: number;
  readonly nics: number;
  /** Of any other kind. */
  readonly devices: number;
  /** They are devices of the host, passed through with VFIO. */
  readonly vfio: boolean;
  /** Two of them go to two userspace drivers in the guest, which takes an IOMMU group for each. */
  readonly userspace: boolean;
  /** Until the last of them is usable. */
  readonly deadlineMs?: number;
}

const NOTHING: Need = { disks: 0, nics: 0, devices: 0, vfio: false, userspace: false };
export const ONE_DEVICE: Need = { ...NOTHING, devices: 1 };

const COUNTED = ['disks', 'nics', 'devices'] as const;
/** More slots than any machine has: 32 device numbers of 8 functions. */
const MAX_DEVICES = 256;

export const NEED_FORM = 'disks=8,nics=1,devices=2,vfio,userspace,deadline=3s, any of them';

/** `disks=8,vfio,deadline=3s`; undefined where it is not of that form. Without any device, one is meant. */
export function readNeed(text: string): Need | undefined {
  let need = NOTHING;
  for (const word of text.split(',').map((part) => part.trim())) {
    const [name = '', value] = word.split('=');
    const read = readWord(name, value);
    if (!read) return undefined;
    need = { ...need, ...read };
  }
  return neededDevices(need) > MAX_DEVICES ? undefined : neededDevices(need) === 0 ? { ...need, devices: 1 } : need;
}

function readWord(name: string, value: string | undefined): Partial<Need> | undefined {
  if (name === 'vfio' || name === 'userspace') return value === undefined ? { [name]: true } : undefined;
  if (name === 'deadline') {
    const deadlineMs = durationIn(value ?? '');
    return isDuration(deadlineMs) ? { deadlineMs } : undefined;
  }
  const isCounted = COUNTED.some((one) => one === name) && /^\d{1,3}$/.test(value ?? '');
  return isCounted ? { [name]: Number(value) } : undefined;
}

export function neededDevices({ disks, nics, devices }: Need): number {
  return disks + nics + devices;
}
