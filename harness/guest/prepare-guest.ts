import { type FailureWithRemedy, ok, type Result } from '../result.ts';
import { debianKernel, stockKernel } from '../versions/debian-kernel.ts';
import type { GuestKernel, KernelChoice } from '../versions/guest-kernel.ts';
import { buildPatchedKernel, type WhichKernel } from '../versions/kernel-build/build-kernel.ts';
import { readKernelImage } from '../versions/kernel-image.ts';
import { customKernel, hostKernel } from '../versions/own-kernel.ts';
import type { FetchedPackage } from '../versions/suites.ts';
import { type InitramfsContents, initramfs } from './initramfs.ts';

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

/**
 * What QEMU boots for this choice of kernel, with these modules and the agent in the initramfs. Downloads, builds and
 * compiles what the cache does not have; `report` gets a line of progress now and then.
 */
export async function prepareGuest(
  choice: KernelChoice,
  contents: InitramfsContents,
  report: (text: string) => void,
): Promise<Result<GuestImage, FailureWithRemedy>> {
  const kernel = await findKernel(choice, report);
  if (!kernel.ok) return kernel;
  const packed = await initramfs(kernel.value, contents, report);
  if (!packed.ok) return packed;
  const { image, ...facts } = kernel.value;
  return ok({ ...facts, kernelImage: image, initramfs: packed.value, source: choice.source });
}

async function findKernel(
  choice: KernelChoice,
  report: (text: string) => void,
): Promise<Result<GuestKernel, FailureWithRemedy>> {
  switch (choice.source) {
    case 'stock':
      return stockKernel(report);
    case 'host':
      return hostKernel();
    case 'debian':
      return debianKernel(choice, report);
    case 'custom':
      return customKernel(choice.image, choice.modules);
    case 'patched':
      return builtKernel(report, { patched: true, suite: choice.suite });
    case 'unpatched':
      return builtKernel(report, { patched: false, suite: choice.suite });
  }
}

/** Everything is built into a kernel of ours, so it has no modules. */
async function builtKernel(
  report: (text: string) => void,
  which: WhichKernel,
): Promise<Result<GuestKernel, FailureWithRemedy>> {
  const built = await buildPatchedKernel(report, which);
  if (!built.ok) return built;
  const facts = await readKernelImage(built.value.image);
  return facts.ok ? ok({ ...facts.value, ...built.value }) : facts;
}
