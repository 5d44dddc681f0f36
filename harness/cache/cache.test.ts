import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fail, ok } from '../result.ts';
import { cacheEntry, cacheRoot } from './cache.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotplug-bench-cache-'));
  vi.stubEnv('XDG_CACHE_HOME', home);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const silent = () => undefined;

function filling(text: string) {
  return vi.fn(async (directory: string) => {
    await writeFile(join(directory, 'file'), text);
    return ok(undefined);
  });
}

async function files(): Promise<readonly string[]> {
  return readdir(cacheRoot());
}

describe('the cache directory', () => {
  test('is under XDG_CACHE_HOME', () => {
    expect(cacheRoot()).toBe(join(home, 'hotplug-bench'));
  });

  test.each(['', 'relative/path'])('is under ~/.cache when XDG_CACHE_HOME is %j', (value) => {
    vi.stubEnv('XDG_CACHE_HOME', value);
    vi.stubEnv('HOME', '/home/someone');
    expect(cacheRoot()).toBe('/home/someone/.cache/hotplug-bench');
  });
});

describe('an entry', () => {
  test('is filled once and then only handed out', async () => {
    const fill = filling('content');
    expect(await cacheEntry('entry', fill, silent)).toEqual(ok(join(cacheRoot(), 'entry')));
    expect(await cacheEntry('entry', fill, silent)).toEqual(ok(join(cacheRoot(), 'entry')));
    expect(fill).toHaveBeenCalledTimes(1);
    expect(await files()).toEqual(['entry']);
  });

  test('is filled once by callers of one process that come together', async () => {
    const fill = filling('content');
    await Promise.all([1, 2, 3].map(() => cacheEntry('entry', fill, silent)));
    expect(fill).toHaveBeenCalledTimes(1);
  });

  test('hands the progress line on to the fill', async () => {
    const lines: string[] = [];
    const fill = async (_: string, report: (text: string) => void) => {
      report('half-way');
      return ok(undefined);
    };
    await cacheEntry('entry', fill, (text) => lines.push(text));
    expect(lines).toEqual(['half-way']);
  });

  test('is not there after a fill that failed, and nothing else is', async () => {
    const failure = { what: 'the download stopped' };
    const fill = async (directory: string) => {
      await writeFile(join(directory, 'half'), 'half');
      return fail(failure);
    };
    expect(await cacheEntry('entry', fill, silent)).toEqual(fail(failure));
    expect(await files()).toEqual([]);
  });

  test('is not there after a fill that threw, and nothing else is', async () => {
    const fill = async (directory: string) => {
      await writeFile(join(directory, 'half'), 'half');
      throw new TypeError('a defect');
    };
    await expect(cacheEntry('entry', fill, silent)).rejects.toThrow('a defect');
    expect(await files()).toEqual([]);
  });
});

describe('what others left', () => {
  test('a claim of a machine that has been silent for long is taken over', async () => {
    await foreignClaim('entry', new Date(Date.now() - 3_600_000));
    const fill = filling('content');
    expect((await cacheEntry('entry', fill, silent)).ok).toBe(true);
    expect(await files()).toEqual(['entry']);
  });

  test('a claim of a machine that still reports is left alone', async () => {
    await foreignClaim('other-entry', new Date());
    await cacheEntry('entry', filling('content'), silent);
    expect(await files()).toEqual(['entry', 'other-entry.building']);
  });

  test('a dead claim on another entry is removed by the next build', async () => {
    await foreignClaim('other-entry', new Date(0));
    await cacheEntry('entry', filling('content'), silent);
    expect(await files()).toEqual(['entry']);
  });

  test('a claim without a holder, and scrap, are removed by the next build', async () => {
    await mkdir(join(cacheRoot(), 'entry.building', 'entry'), { recursive: true });
    await mkdir(join(cacheRoot(), 'other.scrap-x', 'entry'), { recursive: true });
    await cacheEntry('entry', filling('content'), silent);
    expect(await files()).toEqual(['entry']);
    expect((await stat(join(cacheRoot(), 'entry', 'file'))).size).toBeGreaterThan(0);
  });

  async function foreignClaim(name: string, touched: Date): Promise<void> {
    const building = join(cacheRoot(), `${name}.building`);
    await mkdir(join(building, 'entry'), { recursive: true });
    const holder = { hostname: 'elsewhere', machine: 'another boot', pid: process.pid, startTicks: '1' };
    await writeFile(join(building, 'holder'), JSON.stringify(holder));
    await utimes(join(building, 'holder'), touched, touched);
  }
});

describe('a cache that cannot be used', () => {
  test('a full disk is a named failure', async () => {
    const fill = async () => {
      await writeFile('/dev/full', 'more than nothing');
      return ok(undefined);
    };
    const result = await cacheEntry('entry', fill, silent);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'no-space', what: expect.stringContaining(home) } });
    expect(await files()).toEqual([]);
  });

  test('a file where the directory should be is a named failure', async () => {
    await writeFile(join(home, 'hotplug-bench'), '');
    const result = await cacheEntry('entry', filling('content'), silent);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'no-access', what: expect.stringContaining(home) } });
  });
});

describe('a cache that somebody has spoilt', () => {
  test('an entry that was emptied is made anew', async () => {
    await cacheEntry('kernel', filling('one'), silent);
    await rm(join(cacheRoot(), 'kernel', 'file'));
    const fill = filling('two');
    expect(await cacheEntry('kernel', fill, silent)).toEqual(ok(join(cacheRoot(), 'kernel')));
    expect(fill).toHaveBeenCalledTimes(1);
    expect(await readdir(join(cacheRoot(), 'kernel'))).toEqual(['file']);
  });

  test.each([
    ['links in a loop', async () => symlink('hotplug-bench', cacheRoot())],
    ['a name that is too long', async () => vi.stubEnv('XDG_CACHE_HOME', join(home, 'x'.repeat(300)))],
    ['a path that is too long', async () => vi.stubEnv('XDG_CACHE_HOME', join(home, 'x/'.repeat(3000)))],
    ['/proc', async () => vi.stubEnv('XDG_CACHE_HOME', '/proc/nothing/there')],
  ])('%s: says what the system said, and what to do', async (_, spoil) => {
    await spoil();
    const failure = {
      kind: 'no-access',
      what: expect.stringContaining(cacheRoot()),
      remedy: expect.stringContaining('XDG_CACHE_HOME'),
    };
    expect(await cacheEntry('kernel', filling('one'), silent)).toEqual(fail(failure));
  });
});
