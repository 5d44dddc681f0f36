/** A kernel or a QEMU that a machine was run with. */
export interface Version {
  /** The same for two machines exactly where they ran the same. */
  readonly key: string;
  /** Its version number as upstream counts, such as `6.12.95`; empty where it is not known. */
  readonly number: string;
  /** What it can be called, from short to exact; at least one. */
  readonly texts: readonly [string, ...string[]];
}

/** A variant as one machine of several versions. */
export interface VersionedMachine {
  readonly scenario: string;
  readonly variant: string;
  /** Everything but the versions that decides what is measured, by names for a reader; the topology comes first. */
  readonly settings: ReadonlyMap<string, string>;
  readonly kernel: Version;
  readonly qemu: Version;
}

/** Lower versions first. One without a number comes last; among equals the order stays. */
export function sortVersions(versions: readonly Version[]): readonly Version[] {
  return versions.toSorted((a, b) => compareNumbers(a.number, b.number));
}

/** The shortest text of each that no other has. */
export function versionLabels(versions: readonly Version[]): readonly string[] {
  return versions.map(({ key, texts }) => {
    const others = versions.filter((other) => other.key !== key);
    const isUnique = (text: string, level: number) => others.every((other) => other.texts[level] !== text);
    return texts.find(isUnique) ?? texts.at(-1) ?? '';
  });
}

/** `6.12.0-rc2` comes before `6.12.0`. */
function compareNumbers(one: string, other: string): number {
  if (one === '' || other === '') return Number(one === '') - Number(other === '');
  const [a, b] = [partsOf(one), partsOf(other)];
  const index = a.findIndex((part, place) => part !== b[place]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** Major, minor, patch, and the release candidate, which is above all of them where there is none. */
function partsOf(number: string): readonly number[] {
  const [numbers = '', candidate] = number.split('-rc');
  const [major = 0, minor = 0, patch = 0] = numbers.split('.').map(Number);
  return [major, minor, patch, candidate === undefined ? Number.MAX_SAFE_INTEGER : Number(candidate)];
}
