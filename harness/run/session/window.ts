import { readFile } from 'node:fs/promises';
import { type AgentMessage, decodeMessage } from '../../guest/protocol.ts';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import { fail, ok, type Result } from '../../result.ts';

/** The agent's page size (agent/window.c). */
const PAGE_BYTES = 4096;

/** The agent's window (agent/window.c): a guest that is not as it should be cannot have QEMU write more than this to the host. */
const MAXIMUM_BYTES = 128 * 1024;

/** What the agent says of messages that it has kept in its memory instead of sending them (agent/window.c). */
export interface Window {
  /** Of the first message there; the others count on from it. */
  readonly firstSequence: number;
  readonly lines: number;
  /** Where they lie in the guest's physical memory, in their order. */
  readonly runs: readonly { readonly address: number; readonly bytes: number }[];
}

/** Whether a message tells of such messages. It has the number before theirs. */
export function isWindow({ kind }: AgentMessage): boolean {
  return kind === 'window';
}

/** The failure says what is wrong with the message. */
export function parseWindow({ fields, sequence }: AgentMessage): Result<Window, string> {
  const bytes = Number(fields.bytes);
  const lines = Number(fields.lines);
  const runs: { address: number; bytes: number }[] = [];
  if (bytes > MAXIMUM_BYTES) return fail(`the guest agent says that ${bytes} bytes lie in its memory`);
  let left = bytes;
  for (const run of (fields.pages ?? '').split(',').filter((text) => text !== '')) {
    const [, frame = '', pages = ''] = /^([0-9a-f]{1,10}):([1-9]\d{0,5})$/.exec(run) ?? [];
    if (frame === '') return fail(`the guest agent describes its memory as "${run}"`);
    const size = Math.min(left, Number(pages) * PAGE_BYTES);
    runs.push({ address: Number.parseInt(frame, 16) * PAGE_BYTES, bytes: size });
    left -= size;
  }
  if (!Number.isSafeInteger(lines) || left !== 0) return fail('the guest agent does not say where its messages lie');
  return ok({ firstSequence: sequence + 1, lines, runs });
}

/**
 * Reads those messages from the guest's memory while the guest goes on: QMP `pmemsave` writes a piece of it to a file. All of
 * them, each with its checksum and its number, or why not: a kernel may have moved a page in the meantime.
 *
 * @param file where QEMU may write: the beginning of names
 */
export async function readWindow(
  { firstSequence, lines, runs }: Window,
  execute: (command: QmpCommand) => Promise<Result<unknown, string>>,
  file: string,
): Promise<Result<readonly AgentMessage[], string>> {
  const saved = await Promise.all(
    runs.map(({ address, bytes }, index) => {
      const filename = `${file}-${index}`;
      return execute({ execute: 'pmemsave', arguments: { val: address, size: bytes, filename } });
    }),
  );
  for (const one of saved) if (!one.ok) return one;
  let text = '';
  try {
    const pieces = await Promise.all(runs.map((_, index) => readFile(`${file}-${index}`)));
    // Only ASCII is valid there; any other byte has to stay one character, which decodeMessage refuses.
    text = Buffer.concat(pieces).toString('latin1');
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const messages: AgentMessage[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const message = decodeMessage(line);
    if (!message.ok)
      return fail(`line ${messages.length + 1} of ${lines} in the guest's memory: ${message.failure.reason}`);
    if (message.value.sequence !== firstSequence + messages.length)
      return fail(
        `message ${message.value.sequence} in the guest's memory where ${firstSequence + messages.length} should be`,
      );
    messages.push(message.value);
  }
  if (messages.length !== lines) return fail(`${messages.length} lines in the guest's memory instead of ${lines}`);
  return ok(messages);
}
