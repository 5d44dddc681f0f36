import type { Need } from '../../harness/findings/need.ts';
import type { Choice } from '../../harness/findings/topology-choice.ts';
import { CHOICE_BASIS, choiceSentence, howText, nameOf, reasonsOf, VERDICT_WORDS } from '../choice-words.ts';
import { formatMs } from '../format.ts';
import { percent } from '../words.ts';
import { left, right, textTable } from './table.ts';

const COLUMNS = [
  ...[left('machine'), left('topology'), left('fits'), right('last device, ms'), left('known'), right('slots')],
  ...[right('left'), right('failed'), right('boot, ms')],
];

/** Which machine to choose: the sentence, what it is weighed by, and why the others are not. */
export function choiceLines(need: Need, choices: readonly Choice[]): readonly string[] {
  if (choices.length === 0) return ['no machine on the real clock to choose from'];
  const rows = choices.map((choice) => [
    nameOf(choice.candidate, choices),
    choice.candidate.topology,
    VERDICT_WORDS[choice.verdict],
    choice.last ? formatMs(choice.last.lastMs) : '-',
    choice.last ? howText(choice.last) : '',
    choice.candidate.slots === undefined ? '-' : String(choice.candidate.slots),
    choice.slotsLeft === undefined ? '-' : String(choice.slotsLeft),
    percent(choice.candidate.failureRate),
    choice.candidate.bootMs === undefined ? '-' : formatMs(choice.candidate.bootMs),
  ]);
  const reasons = choices.flatMap((choice) => {
    const said = reasonsOf(choice);
    return said.length > 0 ? [`${nameOf(choice.candidate, choices)}: ${said.join('; ')}`] : [];
  });
  return [choiceSentence(need, choices), '', ...textTable(COLUMNS, rows), '', ...reasons, CHOICE_BASIS];
}
