import { kernelLine } from '../timeline/kernel-line.ts';
import type { RecordedEvent } from '../timeline/recording.ts';

/** Of what the kernel says of a module, the first lines have the reason. */
const SHOWN_LINES = 2;

/**
 * Why the first of these modules that the guest has not loaded is missing: what the loading call said, and what the kernel
 * wrote to its log. Undefined if it has all of them, as modules or built in.
 */
export function missingModule(events: readonly RecordedEvent[], modules: readonly string[]): string | undefined {
  for (const event of events) {
    if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'module-failed') continue;
    const { name: file = '', reason = '' } = event.message.fields;
    const name = moduleName(file);
    if (!modules.some((module) => moduleName(module) === name)) continue;
    const said = [...new Set(events.flatMap((one) => kernelLine(one) ?? []))].filter((line) => saysOf(line, name));
    const kernel = said.length === 0 ? '' : `; its kernel: ${said.slice(0, SHOWN_LINES).join('; ')}`;
    return `the guest could not load ${file}: ${reason}${kernel}`;
  }
  return undefined;
}

/** The kernel takes `-` and `_` in names of modules for one; files have either. */
function moduleName(file: string): string {
  return file.replace(/\.ko$/, '').replaceAll('-', '_');
}

/** Lines about a module begin with its name, or have it in quotes. */
function saysOf(line: string, name: string): boolean {
  return line.replaceAll('-', '_').includes(name) && !line.startsWith('Kernel command line');
}
