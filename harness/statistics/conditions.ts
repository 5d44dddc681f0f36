import type { Conditions } from './comparison.ts';

/**
 * What differs between the conditions of two sides, each as `name: base → current`; empty when they can be compared. What
 * only one side knows differs, too: an older run directory may not have recorded it.
 */
export function conditionDifferences(base: Conditions, current: Conditions): readonly string[] {
  const names = [...new Set([...Object.keys(base), ...Object.keys(current)])];
  return names
    .filter((name) => base[name] !== current[name])
    .map((name) => `${name}: ${base[name] ?? 'unknown'} → ${current[name] ?? 'unknown'}`);
}
