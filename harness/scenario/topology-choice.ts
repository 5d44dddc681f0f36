import { z } from 'zod';
import { topologies } from '../machine/topology/index.ts';
import { listWords } from '../words.ts';
import { singleKeyMap } from './single-key-map.ts';

export interface TopologyChoice {
  /** A name from `harness/machine/topology`. */
  readonly name: string;
  /** Checked by the topology's own schema, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

const names = [...topologies.keys()];
const optionsByName = new Map([...topologies].map(([name, { options }]) => [name, options]));

/** `topology: pcie-root-port` or `topology: { pcie-root-port: { ports: 4 } }`. */
export const topologyChoice = z
  .union([z.enum(names), singleKeyMap(optionsByName)])
  .transform((input, context): TopologyChoice => {
    const [name = '', given = {}] = typeof input === 'string' ? [input] : (Object.entries(input)[0] ?? []);
    const checked = optionsByName.get(name)?.safeParse(given);
    if (checked?.success) return { name, options: checked.data as TopologyChoice['options'] };
    // zod also comes here after an unknown key, which says enough.
    if (context.issues.length === 0) context.addIssue({ code: 'custom' });
    return z.NEVER;
  })
  .meta({ title: listWords([...names, 'one of them with its options'], 'or') });
