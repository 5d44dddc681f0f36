import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { AgentMessage } from '../../guest/protocol.ts';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import { fail, ok } from '../../result.ts';
import { parseWindow, readWindow } from './window.ts';

const announcement = (fields: Record<string, string>): AgentMessage => ({
  ...{ sequence: 7, guestNs: 1, kind: 'window' },
  fields,
});
const line = (sequence: number, text: string) => {
  const content = `hpb1 ${sequence} 1 kmsg text=${text}`;
  return `${content} #${crc32(content).toString(16).padStart(8, '0')}\n`;
};

describe('parseWindow', () => {
  test('says where the messages lie, the last piece as long as is left', () => {
    const window = parseWindow(announcement({ lines: '60', bytes: '9000', pages: '1f:2,100000:1' }));
    const runs = [
      { address: 0x1f000, bytes: 8192 },
      { address: 0x100000000, bytes: 808 },
    ];
    expect(window).toEqual(ok({ firstSequence: 8, lines: 60, runs }));
  });

  test.each([
    { lines: '60', bytes: '9000', pages: '' },
    { lines: '60', bytes: '9000', pages: '1f:2' },
    { lines: '60', bytes: '9000', pages: '1f:0,20:3' },
    { lines: '60', bytes: '9000', pages: 'somewhere' },
    { lines: 'many', bytes: '4096', pages: '1f:1' },
    { pages: '1f:1' },
    { lines: '60', bytes: '1000000', pages: '1f:99999' },
  ])('refuses %j', (fields: Record<string, string>) => {
    expect(parseWindow(announcement(fields)).ok).toBe(false);
  });
});

describe('readWindow', () => {
  /** Reads a guest's memory in which this lies, in two pieces. */
  const read = (
    text: string,
    lines: number,
    execute?: (command: QmpCommand) => ReturnType<Parameters<typeof readWindow>[1]>,
  ) => {
    const bytes = Buffer.from(text, 'latin1');
    const runs = [
      { address: 0, bytes: 10 },
      { address: 10, bytes: bytes.length - 10 },
    ];
    const pmemsave = async ({ arguments: given }: QmpCommand) => {
      const { val, size, filename } = given as { val: number; size: number; filename: string };
      writeFileSync(filename, bytes.subarray(val, val + size));
      return ok({});
    };
    const file = join(mkdtempSync(join(tmpdir(), 'window-')), 'window');
    return readWindow({ firstSequence: 8, lines, runs }, execute ?? pmemsave, file);
  };

  test('reads messages across pieces, in their order', async () => {
    const messages = await read(line(8, 'one') + line(9, 'two'), 2);
    expect(messages).toMatchObject({ ok: true, value: [{ fields: { text: 'one' } }, { fields: { text: 'two' } }] });
  });

  test.each([
    ['a line less', line(8, 'one'), '1 lines'],
    ['what was there before', line(3, 'one') + line(4, 'two'), 'message 3'],
    ['a hole', line(8, 'one') + line(10, 'two'), 'message 10'],
    ['another page', `${'\0'.repeat(20)}\n${line(9, 'two')}`, 'outside printable ASCII'],
    ['a changed byte', line(8, 'one').replace('one', 'ome') + line(9, 'two'), 'wrong checksum'],
    ['a cut end', (line(8, 'one') + line(9, 'two')).slice(0, -1), '1 lines'],
  ])('refuses %s', async (_, text, why) => {
    expect(await read(text, 2)).toEqual(fail(expect.stringContaining(why)));
  });

  test('says what QEMU says', async () => {
    expect(await read(line(8, 'one'), 1, async () => fail('no such address'))).toEqual(fail('no such address'));
  });
});
