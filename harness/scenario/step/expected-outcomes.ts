import { z } from 'zod';
import { OUTCOMES } from '../../vocabulary.ts';
import { listWords } from '../../words.ts';

/** `lost` or `[ok, lost]`: how an operation may end without being a failure of the run. */
export const expectedOutcomes = z
  .union([z.enum(OUTCOMES), z.array(z.enum(OUTCOMES)).min(1)])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .meta({ title: `${listWords(OUTCOMES, 'or')}, or a list of them` });
