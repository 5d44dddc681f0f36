import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { writeRecordedRun } from '../record/recorded-run.fixture.ts';
import { planAgain } from '../record/stored-plan.ts';
import type { Result } from '../result.ts';
import { isFinished, keepWholeBoots, openStoppedRun, whyNotComparable } from './resume.ts';

let directory: string;

beforeEach(async () => {
  directory = await writeRecordedRun(join(mkdtempSync(join(tmpdir(), 'hotplug-bench-resume-')), 'run'), { boots: 2 });
});

afterEach(() => {
  rmSync(join(directory, '..'), { recursive: true });
});

function value<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(String(result.failure));
  return result.value;
}

const recording = (name: string) => join(directory, 'recording', `${name}.jsonl`);
const runJson = () => join(directory, 'run.json');
// A claim lasts as long as its process, so each test opens its own directory, and only once.
const open = (force = false) => openStoppedRun(directory, { force });
const failure = async () => {
  const opened = await open();
  return opened.ok ? '' : opened.failure;
};

describe('what is kept of a stopped run', () => {
  test('all of a complete one', async () => {
    const stopped = value(await open());
    expect(isFinished(stopped)).toBe(true);
    expect((await keepWholeBoots(stopped)).samples).toHaveLength(12);
  });

  test('a complete one that lost a recording is not complete, whatever its run.json says', async () => {
    rmSync(recording('tiny.a.002'));
    const stopped = value(await open());
    expect(isFinished(stopped)).toBe(false);
    expect(stopped.found.left.map(({ variant, boot }) => [variant.name, boot])).toEqual([['a', 2]]);
  });

  test('whole boots only: one that is cut off, even of its last newline, goes with its logs', async () => {
    const size = readFileSync(recording('tiny.a.001')).length;
    truncateSync(recording('tiny.a.001'), size - 1);
    truncateSync(recording('tiny.b.002'), 1);
    writeFileSync(recording('tiny.b.001'), 'neither\nJSON\n');
    appendFileSync(join(directory, 'run.json.part'), '{"half":');
    const stopped = value(await open());
    const kept = await keepWholeBoots(stopped);
    expect(stopped.found.left).toHaveLength(3);
    expect(kept.samples.map(({ variant, boot, order }) => [variant, boot, order])).toEqual([
      ['a', 2, 1],
      ['a', 2, 2],
      ['a', 2, 3],
    ]);
    expect(kept.boots).toHaveLength(1);
    expect(kept.seen).toHaveLength(1);
    expect(readdirSync(join(directory, 'recording'))).toEqual(['tiny.a.002.jsonl']);
    expect(readdirSync(join(directory, 'logs'))).toEqual(['tiny.a.002']);
  });

  test('the log of QMP is written where the harness ended before it', async () => {
    const run = JSON.parse(readFileSync(runJson(), 'utf8'));
    const boots = run.boots.filter(({ name }: { name: string }) => name !== 'tiny.b.001');
    writeFileSync(runJson(), JSON.stringify({ ...run, boots }));
    await keepWholeBoots(value(await open()));
    const log = (name: string) => join(directory, 'logs', name, 'qmp.jsonl');
    expect(readFileSync(log('tiny.b.001'), 'utf8')).toContain('device_add');
    expect(existsSync(log('tiny.a.001'))).toBe(false);
  });

  test('of two recordings of one boot one, and none of a boot that was never planned', async () => {
    const text = readFileSync(recording('tiny.a.001'), 'utf8');
    writeFileSync(recording('tiny.a.001-copy'), text);
    writeFileSync(recording('tiny.a.009'), text.replace('"boot":1', '"boot":9'));
    const { found } = value(await open());
    expect(found.whole.map(({ name }) => name).toSorted()).toHaveLength(4);
    expect(found.others).toEqual(['tiny.a.001-copy', 'tiny.a.009']);
  });
});

describe('what is refused', () => {
  test('a directory without run.json, or with half of one, and no directory', async () => {
    truncateSync(runJson(), 500);
    expect(await failure()).toMatch(/run\.json: this is not JSON/);
    rmSync(runJson());
    expect(await failure()).toMatch(/no run\.json in it\. .*start it anew/);
    expect(await openStoppedRun(join(directory, 'nowhere'), { force: false })).toMatchObject({ ok: false });
  });

  test('a run from before plans were stored', async () => {
    const { plan: _, ...older } = JSON.parse(readFileSync(runJson(), 'utf8'));
    writeFileSync(runJson(), JSON.stringify(older));
    expect(await failure()).toMatch(/does not say what was planned, as older versions' do not: .*plan/);
  });

  test('a run that is still going on', async () => {
    value(await open());
    expect(await failure()).toMatch(/this run is still going on/);
  });

  test('a plan that is no longer the same, unless it is forced', async () => {
    writeFileSync(runJson(), readFileSync(runJson(), 'utf8').replace(/"seed": 1/, '"seed": 2'));
    expect(await failure()).toMatch(/its plan is no longer the same \(\w+, now \w+\).*--force/);
  });

  test('an other host, QEMU, kernel, accelerator or commit, each named', async () => {
    const stopped = value(await open());
    const { variants } = stopped.stored;
    const host = {
      ...{ hostname: 'one', cpuModel: 'x', cores: 2, memoryMiB: 1, kernel: '6', governor: 'none', load: 9 },
      qemu: '7.2',
    };
    const plan = value(planAgain(stopped.stored, stopped.stored.tool.version));
    const ready = plan.scenarios
      .flatMap((scenario) => scenario.variants)
      .map((variant, index) => {
        const stored = variants[index];
        const guest = {
          kernelImage: '',
          initramfs: '',
          release: '6.1',
          source: 'stock',
          description: 'Debian',
        } as const;
        return {
          variant,
          qemu: '/usr/bin/qemu-system-x86_64',
          guest: { ...guest, identity: String(stored?.guest.kernel.sha256) },
          accelerator: { asked: 'auto', used: 'tcg', why: '' },
          parts: [],
          leftOut: [],
          sharesMemory: false,
        } satisfies ReadyVariant;
      });
    expect(whyNotComparable(stopped, host, 'test', ready)).toBeUndefined();
    const changed = ready.map((one) => ({
      ...one,
      guest: { ...one.guest, identity: 'cd', description: 'newer' },
      accelerator: { ...one.accelerator, used: 'kvm' as const },
    }));
    const why = whyNotComparable(stopped, { ...host, hostname: 'two', qemu: '9.0' }, 'other', changed);
    expect(why).toContain("  host's hostname: one, now two\n");
    expect(why).toContain("  host's qemu: 7.2, now 9.0\n");
    expect(why).toContain("  harness's commit: test, now other\n");
    expect(why).toContain('  accelerator of tiny/b: tcg, now kvm\n');
    expect(why).toContain('  guest kernel of tiny/a: Debian (ab), now newer (cd)\n');
    expect(why).toMatch(/--force to mix them\.$/);
  });
});
