import { z } from 'zod';
import { scenarioFile } from './schema.ts';

/**
 * The scenario schema for editors, as text: what stands in scenario.schema.json. Draft 7 is what they all know. What is
 * used in several places stands there once: each device is a step's, a variant's and a matrix's, with the keys of each.
 */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioFile, { io: 'input', target: 'draft-7', reused: 'ref' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
