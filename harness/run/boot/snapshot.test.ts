import { mkdtempSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Observation } from '../../timeline/recording.ts';
import { testMachine } from '../session/test-machine.ts';
import { saveFrom } from './snapshot.ts';

const status = (what: 'completed' | 'failed'): Observation => ({
  source: 'qmp',
  direction: 'received',
  message: { event: 'MIGRATION', data: { status: what } },
});

/** Saves what `send` writes to the connection that QEMU would make. */
async function save(send: (connection: Socket) => Promise<Observation>, file?: string) {
  const directory = mkdtempSync(join(tmpdir(), 'snapshot-'));
  const place = { directory, file: file ?? join(directory, 'guest') };
  const { session, recorder } = testMachine((told, record, { uri }) => {
    if (told === 'migrate') send(connect(String(uri).replace('unix:', ''))).then(record);
  });
  return { saved: await saveFrom(session, recorder, place), file: place.file };
}

const end = (connection: Socket) => new Promise<void>((resolve) => connection.end('guest', resolve));

test('all that QEMU has sent is in the file', async () => {
  const { saved, file } = await save(async (connection) => {
    await end(connection);
    return status('completed');
  });
  expect(saved).toEqual({ ok: true, value: undefined });
  expect(readFileSync(file, 'utf8')).toBe('guest');
});

test('a file that cannot be written is the reason, whatever QEMU says', async () => {
  for (const said of ['completed', 'failed'] as const) {
    const { saved } = await save(async (connection) => {
      await new Promise((resolve) => connection.on('error', resolve).end('guest').on('close', resolve));
      return status(said);
    }, '/nowhere/guest');
    expect(saved).toMatchObject({ failure: expect.stringContaining('cannot write the saved guest: ENOENT') });
  }
});

test('where QEMU ends in the middle, that is the reason', async () => {
  const { saved } = await save(async (connection) => {
    connection.write('gue');
    connection.destroy();
    return { source: 'process', event: 'exited', code: null, signal: 'SIGKILL', stderr: '' };
  });
  expect(saved).toEqual({ ok: false, failure: 'the migration ended as the end of QEMU' });
});
