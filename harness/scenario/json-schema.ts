import { z } from 'zod';
import { isMapValue, type JsonSchema } from './expected-words.ts';
import { scenarioFile } from './schema.ts';

/**
 * The scenario schema for editors, as text: what stands in scenario.schema.json. Draft 7 is what they all know. What is
 * used in several places stands there once: each device is a step's, a variant's and a matrix's, with the keys of each.
 */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioFile, { io: 'input', target: 'draft-7', reused: 'ref' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/**
 * The schema with every `$ref` replaced by what it refers to, for readers that walk along a value. Steps that hold steps
 * make it a graph with cycles, not a tree.
 */
export function withoutReferences(schema: JsonSchema): JsonSchema {
  const copies = new Map<unknown, unknown>();
  const copy = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(copy);
    if (!isMapValue(node)) return node;
    const known = copies.get(node);
    if (known !== undefined) return known;
    const made: Record<string, unknown> = {};
    copies.set(node, made);
    const { $ref, ...own } = node;
    const target = typeof $ref === 'string' ? targetOf(schema, $ref) : undefined;
    // What stands beside a reference says more than what it refers to.
    Object.assign(made, target === undefined ? {} : copy(target));
    for (const [key, value] of Object.entries(own)) made[key] = copy(value);
    return made;
  };
  return copy(schema) as JsonSchema;
}

/** `#/$defs/name`; the only form that zod writes. */
function targetOf(root: JsonSchema, reference: string): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (isMapValue(node) ? node[key] : undefined), root);
}
