import { parseDocument } from 'yaml';
import { fail, ok, type Result } from '../result.ts';

/** The text of a scenario with another guest kernel for every variant, whatever it had before. */
export function withKernel(source: string, image: string): Result<string, string> {
  const document = parseDocument(source);
  if (document.hasIn(['matrix', 'kernel'])) return fail('the scenario of the baseline has a matrix over kernels');
  const { variants } = document.toJS() as { readonly variants?: Readonly<Record<string, unknown>> };
  for (const name of Object.keys(variants ?? {})) {
    const path = ['variants', name, 'guest', 'kernel'];
    if (document.hasIn(path)) document.deleteIn(path);
  }
  document.setIn(['defaults', 'guest', 'kernel'], document.createNode({ image }));
  return ok(String(document));
}
