import type { DebianVersion, FetchedPackage, SuiteName } from './suites.ts';

/** A kernel and its modules, as every source gives them. */
export interface GuestKernel {
  readonly image: string;
  readonly release: string;
  /** SHA-256 of the image, hexadecimal. */
  readonly identity: string;
  readonly description: string;
  /** The directory with modules.dep, usually `…/lib/modules/<release>`. Without it every driver counts as built in. */
  readonly modulesDirectory?: string;
  readonly package?: FetchedPackage;
}

/** Where the guest kernel comes from. Paths are absolute. */
export type KernelChoice =
  | { readonly source: 'stock' }
  /** Built from the source of a suite of Debian's; of Debian 12's where none is named. */
  | { readonly source: 'patched'; readonly suite?: SuiteName }
  /** The same source, configuration and compiler as `patched`, without the patches: to show what they change. */
  | { readonly source: 'unpatched'; readonly suite?: SuiteName }
  | { readonly source: 'host' }
  | ({ readonly source: 'debian' } & DebianVersion)
  | { readonly source: 'custom'; readonly image: string; readonly modules?: string };
