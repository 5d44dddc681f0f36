import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { type RunOptions, writeRecordedRun } from '../record/recorded-run.fixture.ts';
import { mergeCommand } from './merge.ts';

let root: string;
let stderr: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hotplug-bench-merge-'));
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

const part = (index: number, of: number, options: RunOptions = {}) =>
  writeRecordedRun(join(root, `part-${index}-${of}-${options.seed ?? 1}`), { ...options, shard: { index, of } });
const parts = (of: number, options: RunOptions = {}) =>
  Promise.all(Array.from({ length: of }, (_, index) => part(index + 1, of, options)));
const merge = (directories: readonly string[], flags = {}) =>
  mergeCommand(directories, { out: join(root, 'out'), ...flags }, ['merge']);
const merged = (file: string) => readFileSync(join(root, 'out', 'latest', file), 'utf8');
const rows = (file: string): readonly Record<string, string>[] => parse(merged(file), { columns: true });

async function expectRefusal(directories: readonly string[], ...messages: readonly RegExp[]): Promise<void> {
  expect(await merge(directories)).toBe(EXIT.usage);
  for (const message of messages) expect(stderr).toMatch(message);
  expect(existsSync(join(root, 'out'))).toBe(false);
}

describe('merge', () => {
  test.each([1, 3, 9])('%d parts have exactly the samples of the whole plan, in the order of time', async (of) => {
    const directories = await parts(of, { boots: 3 });
    expect(await merge(directories.toReversed())).toBe(EXIT.ok);
    const samples = rows('samples.csv');
    const names = samples.map(({ variant, boot, operation }) => `${variant} ${boot} ${operation}`);
    const planned = ['a', 'b'].flatMap((variant) =>
      [1, 2, 3].flatMap((boot) => ['boot', 'plug', 'unplug'].map((operation) => `${variant} ${boot} ${operation}`)),
    );
    expect(names.toSorted()).toEqual(planned.toSorted());
    expect(samples.map(({ order }) => Number(order))).toEqual(samples.map((_, index) => index + 1));
    const starts = samples.map((sample) => String(sample.started_at));
    expect(starts).toEqual(starts.toSorted());
    const run = JSON.parse(merged('run.json'));
    expect(new Set([...samples, ...rows('phases.csv')].map((row) => row.run_id))).toEqual(new Set([run.run_id]));
    expect(run).toMatchObject({ status: 'complete', plan: { boots: 6, shard: null }, outcomes: { ok: 18 } });
    expect(run.boots).toHaveLength(6);
    expect(run.parts.map(({ shard }: { shard: { index: number } }) => shard.index)).toEqual(
      Array.from({ length: of }, (_, index) => index + 1),
    );
    for (const { name, logs } of run.boots) expect(merged(join(logs, 'qemu.stderr'))).toBe(`${name}\n`);
    expect(JSON.parse(merged('summary.json')).operations).toHaveLength(6);
    expect(stderr).toBe('');
    expect(merged('report.html')).toContain(run.run_id);
  });

  test('the parts stay as they are', async () => {
    const directories = await parts(2);
    const texts = () =>
      directories.map((directory) =>
        readdirSync(join(directory, 'recording')).map((name) =>
          readFileSync(join(directory, 'recording', name), 'utf8'),
        ),
      );
    const before = texts();
    await merge(directories);
    expect(texts()).toEqual(before);
  });

  test('refuses a lost part, and says how to run it', async () => {
    const [first, , third] = await parts(3);
    await expectRefusal(
      [String(first), String(third)],
      /^part 2\/3 is missing: .*npm run bench -- \/scenarios\/tiny\.yaml --shard 2\/3 --seed 1$/m,
    );
  });

  test('refuses a doubled part: the same directory, and a copy of it', async () => {
    const [first, second] = (await parts(2)) as [string, string];
    await expectRefusal([first, second, first], /part-1-2-1: the same directory as .*part 1\/2: leave one of them out/);
    await cp(second, join(root, 'copy'), { recursive: true });
    await expectRefusal([first, second, join(root, 'copy')], /copy: the same part as .*part-2-2-1, part 2\/2: leave/);
  });

  test('refuses parts of other plans: another seed, another number of parts, a run of its own', async () => {
    const own = await parts(2);
    const otherSeed = await part(2, 2, { seed: 8 });
    const otherSplit = await part(2, 3);
    const whole = await writeRecordedRun(join(root, 'whole'));
    await expectRefusal([...own, otherSeed], /part-2-2-8: it is of another plan \(part 2\/2 .*seed 8.*leave it out/);
    await expectRefusal([otherSplit, ...own], /part-2-3-1: it is of another plan \(part 2\/3/);
    await expectRefusal([...own, whole], /whole: this is a run of its own, made without --shard: leave it out/);
  });

  test('refuses an incomplete part, whether a recording is lost or cut off, and says how to complete it', async () => {
    const [first, second] = (await parts(2)) as [string, string];
    const [name] = readdirSync(join(second, 'recording'));
    const recording = join(second, 'recording', String(name));
    truncateSync(recording, 20_000);
    const incomplete =
      /part-2-2-1: incomplete, 1 of its 2 boots are not there: npm run bench -- --resume .*part-2-2-1$/m;
    await expectRefusal([first, second], incomplete);
    rmSync(recording);
    await expectRefusal([first, second], incomplete);
  });

  test('refuses a recording that is of another part, and a run.json that was changed', async () => {
    const [first, second] = (await parts(2)) as [string, string];
    const [name] = readdirSync(join(first, 'recording'));
    await cp(join(first, 'recording', String(name)), join(second, 'recording', String(name)));
    await expectRefusal(
      [first, second],
      new RegExp(`part-2-2-1: recording/${name} is of no boot of this part: remove it`),
    );
    rmSync(join(second, 'recording', String(name)));
    for (const directory of [first, second]) {
      const file = join(directory, 'run.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('cycles: 1', 'cycles: 2'));
    }
    await expectRefusal([first, second], /part-1-2-1: its run\.json is not as it was written/);
  });

  test('refuses what is no run directory, and one whose run never began', async () => {
    await expectRefusal([join(root, 'nowhere')], /nowhere: there is no such directory/);
    await expectRefusal([root], /there is no run\.json in it.*start it anew/);
  });

  test('refuses parts of different hosts unless they are asked for; then run.json lists all', async () => {
    const first = await part(1, 2);
    const second = await part(2, 2, { host: { hostname: 'two', cores: 8 } });
    await expectRefusal(
      [first, second],
      /part-2-2-1: not run on the same as/,
      /host's cores: 2, here 8/,
      /--mixed-hosts/,
    );
    expect(await merge([first, second], { mixedHosts: true })).toBe(EXIT.ok);
    const { hosts, boots } = JSON.parse(merged('run.json'));
    expect(hosts).toMatchObject([{ hostname: 'one' }, { hostname: 'two', cores: 8 }]);
    expect(new Set(boots.map(({ host }: { host: string }) => host))).toEqual(new Set(['one', 'two']));
  });

  test('refuses to mix accelerators, whatever is asked', async () => {
    const directories = [await part(1, 2), await part(2, 2, { accelerator: 'kvm' })];
    expect(await merge(directories, { mixedHosts: true })).toBe(EXIT.usage);
    expect(stderr).toMatch(/accelerator of tiny\/a: tcg, here kvm/);
    expect(stderr).toContain('the same --accelerator');
  });
});
