import { existsSync } from 'node:fs';
import { chmod, lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runtimePlace } from './fixtures/runtime-place.ts';
import { identify, identityName, isRunning } from './process-identity.ts';
import { openRegistry, type ProcessRegistry, type StartOptions } from './process-registry.ts';

const { parent, base } = runtimePlace();
let registry: ProcessRegistry;

beforeEach(async () => {
  const opened = await openRegistry();
  if (!opened.ok) throw new Error(opened.failure.message);
  registry = opened.value;
});

afterEach(async () => {
  await registry.close();
});

/** Starts what the test knows can be started. */
async function start(command: string, args: readonly string[], options: Partial<StartOptions> = {}) {
  const started = await registry.start({ command, args, ...options });
  if (!started.ok) throw new Error(started.failure.message);
  return started.value;
}

const shell = (script: string, options: Partial<StartOptions> = {}) => start('sh', ['-c', script], options);

describe('the directory', () => {
  test('is private and named by this process', async () => {
    const self = identify(process.pid);
    expect(registry.directory).toBe(join(base(), self ? identityName(self) : ''));
    expect((await lstat(registry.directory)).mode & 0o777).toBe(0o700);
  });

  test('socket directories are private, fresh and short enough', async () => {
    const [one, two] = [await registry.socketDirectory('vm'), await registry.socketDirectory('vm')];
    expect(one).not.toBe(two);
    expect((await lstat(one)).mode & 0o777).toBe(0o700);
    await expect(registry.socketDirectory('x'.repeat(13))).rejects.toThrow(RangeError);
  });

  test('close removes it with all that is in it', async () => {
    await writeFile(join(await registry.socketDirectory('vm'), 'qmp'), '');
    await registry.close();
    expect(await readdir(base())).toEqual([]);
  });
});

describe('a process', () => {
  test('tells its exit code and its last words', async () => {
    const child = await shell('echo one >&2; echo dropped; exit 7');
    expect(await child.exited).toEqual({ code: 7, signal: null, stderrTail: 'one\n' });
    expect(child.stderrTail()).toBe('one\n');
  });

  test('tells the signal that ended it', async () => {
    const child = await shell('kill -SEGV $$');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGSEGV', stderrTail: '' });
  });

  test('keeps the last 64 KiB of its stderr, and all of it in the file', async () => {
    const stderrFile = join(parent(), 'stderr');
    const child = await shell('yes 1234567 | head -c 100000 >&2; echo end >&2', { stderrFile });
    const { stderrTail } = await child.exited;
    expect(stderrTail).toHaveLength(64 * 1024);
    expect(stderrTail.endsWith('1234567\nend\n')).toBe(true);
    expect(await readFile(stderrFile, 'utf8')).toHaveLength(100_004);
  });

  test('its stderr can be read while it runs', async () => {
    const child = await shell('echo soon >&2; exec sleep 60');
    await vi.waitFor(() => expect(child.stderrTail()).toBe('soon\n'));
    await child.kill();
  });

  test('gets what is added to the environment', async () => {
    const child = await shell('echo "$ADDED $HOME" >&2', { env: { ADDED: 'yes' } });
    expect((await child.exited).stderrTail).toBe(`yes ${process.env.HOME ?? ''}\n`);
  });

  test('leads a session of its own, away from the terminal', async () => {
    const child = await start('sleep', ['60']);
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
    // Fields 5 and 6: process group and session.
    const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    expect([group, session]).toEqual([String(child.pid), String(child.pid)]);
    await child.kill();
  });

  test('is on record for as long as it runs', async () => {
    const records = join(registry.directory, 'processes');
    const child = await start('sleep', ['60']);
    const identity = identify(child.pid);
    const record = identity ? identityName(identity) : '';
    expect(await readdir(records)).toEqual([record]);
    expect(await readFile(join(records, record), 'utf8')).toBe('sleep');
    await child.kill();
    expect(await readdir(records)).toEqual([]);
  });
});

describe('kill', () => {
  test('ends it with SIGTERM', async () => {
    const child = await start('sleep', ['60']);
    expect(await child.kill()).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(await child.kill()).toMatchObject({ signal: 'SIGTERM' });
  });

  test('ends what does not listen to SIGTERM with SIGKILL', async () => {
    const child = await shell('trap "" TERM; echo ready >&2; while :; do sleep 0.1; done');
    await vi.waitFor(() => expect(child.stderrTail()).toBe('ready\n'));
    expect(await child.kill()).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('reaches the children, also those that outlive their parent', async () => {
    const child = await shell('sleep 60 & echo $! >&2');
    const grandchild = identify(Number((await child.exited).stderrTail));
    if (grandchild) await vi.waitFor(() => expect(isRunning(grandchild)).toBe(false));
  });
});

describe('what cannot be started', () => {
  test('a command that is not there', async () => {
    const failed = await registry.start({ command: 'no-such-qemu', args: [] });
    expect(failed).toEqual({
      ok: false,
      failure: { kind: 'not-found', command: 'no-such-qemu', message: 'no-such-qemu was not found' },
    });
  });

  test('a file that is not executable', async () => {
    const command = join(parent(), 'qemu');
    await writeFile(command, '#!/bin/sh\n');
    await chmod(command, 0o644);
    expect(await registry.start({ command, args: [] })).toMatchObject({
      ok: false,
      failure: { kind: 'not-executable', command, message: `${command} may not be executed` },
    });
  });

  test('a file for stderr that cannot be made', async () => {
    const failed = await registry.start({ command: 'true', args: [], stderrFile: join(parent(), 'none', 'stderr') });
    expect(failed).toMatchObject({ ok: false, failure: { kind: 'other', command: 'true' } });
    if (!failed.ok) expect(failed.failure.message).toMatch(/cannot start true: no file for its stderr: ENOENT/);
  });

  test('anything after close', async () => {
    await registry.close();
    await expect(registry.start({ command: 'true', args: [] })).rejects.toThrow('after its registry had been closed');
  });
});

describe('close', () => {
  test('is content when everything has ended', async () => {
    await (await start('true', [])).exited;
    await (await start('sleep', ['60'])).kill();
    expect(await registry.close()).toEqual([]);
    expect(existsSync(registry.directory)).toBe(false);
  });

  test('kills and names what still runs', async () => {
    const child = await start('sleep', ['60']);
    expect(await registry.close()).toEqual([{ pid: child.pid, command: 'sleep' }]);
    expect(identify(child.pid)).toBeUndefined();
    expect(await registry.close()).toEqual([]);
  });
});
