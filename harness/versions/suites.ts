/** Debian's suites that have versions to compare, the oldest first. */
export const SUITE_NAMES = ['bullseye', 'bookworm', 'bookworm-backports', 'trixie', 'sid'] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

/** Those that a host may be an installation of, the newest first. */
export const STABLE_SUITES = ['trixie', 'bookworm', 'bullseye'] as const satisfies readonly SuiteName[];

/** A version that a scenario asks for. */
export interface DebianVersion {
  readonly suite: SuiteName;
  /** Exact version of the package, such as `6.12.117-1`; absent for what was fetched, or the suite's newest. */
  readonly version?: string;
}

/** The package that a version is known by, as it was fetched. */
export interface FetchedPackage {
  readonly suite: SuiteName;
  readonly name: string;
  readonly version: string;
}

/** A distribution of an archive: what a line of apt's sources names. */
export interface Distribution {
  readonly archive: 'debian' | 'security';
  readonly name: string;
}

interface Suite {
  /** Where its own versions are. The first one has to be there. */
  readonly own: readonly [Distribution, ...Distribution[]];
  /** What its packages may need besides. */
  readonly base: readonly Distribution[];
  /** The QEMU that it has, where that will not become a newer one. */
  readonly qemu?: readonly [major: number, minor: number];
}

/** A stable release with what has been mended in it since. */
function stable(name: string): Suite['own'] {
  return [
    { archive: 'debian', name },
    { archive: 'debian', name: `${name}-updates` },
    { archive: 'security', name: `${name}-security` },
  ];
}

/** What each suite is made of. Bullseye is no longer supported, and without its security archive there is one less to vanish. */
export const SUITES: Readonly<Record<SuiteName, Suite>> = {
  bullseye: { own: [{ archive: 'debian', name: 'bullseye' }], base: [], qemu: [5, 2] },
  bookworm: { own: stable('bookworm'), base: [], qemu: [7, 2] },
  'bookworm-backports': { own: [{ archive: 'debian', name: 'bookworm-backports' }], base: stable('bookworm') },
  trixie: { own: stable('trixie'), base: [], qemu: [10, 0] },
  sid: { own: [{ archive: 'debian', name: 'sid' }], base: [] },
};

/**
 * Why there is no such version. `absent`: the suite can be looked at and does not have it, so that whoever asked for it
 * has to ask for another. `unavailable`: it cannot be had here and now.
 */
export interface VersionFailure {
  readonly kind: 'absent' | 'unavailable';
  readonly what: string;
  readonly remedy: string;
}
