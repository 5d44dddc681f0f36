import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyText } from '../any-text.fixture.ts';
import { decodeMessage, encodeRequest } from './protocol.ts';

const agentSource = join(import.meta.dirname, 'agent', 'protocol.c');
const peerSource = join(import.meta.dirname, 'fixtures', 'protocol-peer.c');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'protocol-'));
  await execa('gcc', ['-Wall', '-Werror', '-O1', '-o', join(directory, 'peer'), peerSource, agentSource]);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** What the agent's code answers to these lines, one message each. */
async function answersTo(lines: readonly (string | Buffer)[]) {
  const messages = join(directory, 'messages');
  await writeFile(messages, '');
  await execa(join(directory, 'peer'), [messages], { input: Buffer.concat(lines.map((line) => Buffer.from(line))) });
  const answers = (await readFile(messages, 'utf8')).split('\n');
  expect(answers.pop(), 'the last line ends in a newline').toBe('');
  expect(answers.shift(), 'what firmware may have left without an end is a line of its own').toBe('');
  return answers.map((answer) => decodeMessage(answer));
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/);
const text = anyText({ maxLength: 20 }).filter((value) => !value.includes('\0'));
const fields = fc.dictionary(name, text, { maxKeys: 16, noNullPrototype: true });

test('the agent understands what the host sends, and the host what the agent sends', async () => {
  const requests = fc.sample(fc.tuple(name, fields), { numRuns: 500, seed: 1 });
  const answers = await answersTo(requests.map(([verb, sent], i) => encodeRequest(i, verb, sent)));
  const expected = requests.map(([kind, sent], i) => ({
    ok: true,
    value: { sequence: i + 1, guestNs: Number.MAX_SAFE_INTEGER, kind, fields: sent },
  }));
  expect(answers).toEqual(expected);
});

test('the agent notices every damage to a single byte of what it would act on', async () => {
  const damages = fc.tuple(fields, fc.nat(), fc.integer({ min: 1, max: 255 }));
  const damaged = fc.sample(damages, { numRuns: 500, seed: 1 }).flatMap(([sent, position, flip]) => {
    const line = Buffer.from(encodeRequest(1, 'watch', sent));
    const at = position % (line.length - '#12345678\n'.length);
    line[at] = (line[at] ?? 0) ^ flip;
    // A newline makes two lines of it, and C cannot read past a NUL.
    return line[at] === 0x0a || line[at] === 0 ? [] : [line];
  });
  const answers = await answersTo(damaged);
  expect(answers).toHaveLength(damaged.length);
  expect(answers.filter((answer) => !answer.ok || answer.value.kind !== 'garbled')).toEqual([]);
});

test('the agent refuses another version of the protocol', async () => {
  const content = 'hpb2 1 echo';
  const [answer] = await answersTo([`${content} #${crc32(content).toString(16).padStart(8, '0')}\n`]);
  expect(answer).toMatchObject({
    ok: true,
    value: { kind: 'garbled', fields: { reason: 'another protocol version' } },
  });
});

test('a value too long for a line is cut, and the line stays whole', async () => {
  // The answer begins with a time stamp that the request has not, so a request of full length does not fit.
  const long = '\u00e9'.repeat(676);
  const [answer] = await answersTo([encodeRequest(1, 'echo', { text: long })]);
  if (!answer?.ok) throw new Error(`garbled: ${answer?.failure.reason}`);
  const { text: kept = '' } = answer.value.fields;
  expect(kept.length).toBeLessThan(long.length);
  expect(long.startsWith(kept.replace(/\ufffd$/, ''))).toBe(true);
});
