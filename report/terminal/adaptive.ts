import type { AdaptiveOutcome } from '../../harness/plan/adaptive.ts';
import { formatDuration, percentText } from '../format.ts';

/** How many boots each variant took whose boots were not fixed, and what that has saved. */
export function adaptiveLines(outcomes: readonly AdaptiveOutcome[]): readonly string[] {
  if (outcomes.length === 0) return [];
  const saved = outcomes.reduce((sum, { boots, maxBoots }) => sum + maxBoots - boots, 0);
  const savedMs = outcomes.reduce((sum, one) => sum + one.savedMs, 0);
  return [
    '',
    ...outcomes.map(line),
    `saved against the fixed maximum: ${saved} boots, about ${formatDuration(savedMs)}`,
  ];
}

function line({ scenario, variant, boots, maxBoots, targetRelative, widest }: AdaptiveOutcome): string {
  const { operation, relativeReach } = widest;
  const reach = relativeReach === undefined ? 'no interval' : `± ${percentText(relativeReach)}`;
  const known = `${operation} is known least, ${reach}; ± ${percentText(targetRelative)} was wanted`;
  return `${scenario}/${variant}: ${boots} of at the most ${maxBoots} boots: ${known}`;
}
