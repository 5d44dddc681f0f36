import type { GuestConfig } from '../variant.ts';
import { isWaitParameter } from '../versions/kernel-build/wait-parameters.ts';
import type { Session } from './session.ts';

/**
 * Asks a booted guest for the waits that the scenario sets, by setting each once more to the same value. Whether a kernel
 * has them is asked of its image before; some images cannot be read, and a kernel ignores what it does not know, so the
 * run would measure five seconds that the scenario meant to remove. Says what is wrong, or undefined.
 */
export async function missingParameter(
  session: Session,
  parameters: GuestConfig['parameters'],
): Promise<string | undefined> {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || !isWaitParameter(name)) continue;
    const [module, parameter] = name.replaceAll('-', '_').split('.');
    const answers = await session.ask('set', { file: `/sys/module/${module}/parameters/${parameter}`, value });
    const refused = answers?.find(({ kind }) => kind === 'rejected');
    if (refused)
      return `the guest kernel has no parameter ${name} that could be set to ${value}: ${refused.fields.reason}`;
  }
  return undefined;
}
