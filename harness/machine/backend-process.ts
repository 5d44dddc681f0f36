/**
 * A process beside QEMU that the backend of a device, or of a part of the machine, lives in, such as virtiofsd. It is started
 * before the plug, or before QEMU, and ended with the machine if it has not ended with its device.
 */
export interface BackendProcess {
  readonly command: string;
  readonly args: readonly string[];
  /** A socket it has to have made before anything connects to it; absolute. */
  readonly socket: string;
}
