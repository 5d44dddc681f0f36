import type { BootMode, OperationName } from '../../harness/vocabulary.ts';

/** `plug`, `plug virtio-net` where a variant plugs devices of several kinds, `boot, restored` for one from a snapshot. */
export function operationName({
  operation,
  device,
  bootMode,
}: {
  readonly operation: OperationName;
  readonly device?: string;
  readonly bootMode: BootMode;
}): string {
  const about = device === undefined ? operation : `${operation} ${device}`;
  return operation === 'boot' && bootMode === 'snapshot' ? `${about}, restored` : about;
}
