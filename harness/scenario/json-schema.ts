import { z } from 'zod';
import { scenarioFile } from './schema.ts';

/** The scenario schema for editors, as text: what stands in scenario.schema.json. Draft 7 is what they all know. */
export function scenarioJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(scenarioFile, { io: 'input', target: 'draft-7' }), null, 2)}\n`;
}
