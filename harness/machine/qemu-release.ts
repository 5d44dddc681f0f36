/** A version of QEMU or of one of its machine types: `6.1`. */
export type MajorMinor = readonly [major: number, minor: number];

/** `7.2` of `QEMU emulator version 7.2.22 (Debian …)` and of a package's version `1:7.2+dfsg-7`; undefined where it has none. */
export function majorMinor(text: string): MajorMinor | undefined {
  const found = /(?:^|version |^\d+:)(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

export function isBefore([major, minor]: MajorMinor, [otherMajor, otherMinor]: MajorMinor): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
