/**
 * Orders versions of Linux, also as Debian's packages have them (`6.12.95-1~bpo12+1`): negative where the first is the
 * older one, 0 where both are the same. Numbers that one of them lacks count as 0, and Debian's revision does not count.
 */
export function compareVersions(one: string, other: string): number {
  const [numbers, others] = [numbersOf(one), numbersOf(other)];
  for (let index = 0; index < Math.max(numbers.length, others.length); index += 1) {
    const difference = (numbers[index] ?? 0) - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): readonly number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}
