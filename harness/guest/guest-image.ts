import type { KernelChoice } from '../versions/guest-kernel.ts';
import type { FetchedPackage } from '../versions/suites.ts';

/** What QEMU boots. */
export interface GuestImage {
  /** Path of the kernel, a bzImage. */
  readonly kernelImage: string;
  /** Path of the initramfs, whose /init is the guest agent. */
  readonly initramfs: string;
  /** As `uname -r` says in the guest, such as `6.1.0-56-amd64`. */
  readonly release: string;
  readonly source: KernelChoice['source'];
  /** SHA-256 of the kernel image, hexadecimal. */
  readonly identity: string;
  /** For people, such as `Debian linux-image-6.1.0-56-amd64 6.1.192-2`. */
  readonly description: string;
  /** The directory with the kernel's own modules and lists of them; absent when it has none. */
  readonly modulesDirectory?: string;
  /** The package that it is from, for a kernel of a suite of Debian's. */
  readonly package?: FetchedPackage;
}
