import { existsSync, mkdirSync, mkdtempSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KvmAnswer } from '../commands/try-kvm.ts';
import { hostKey, listBaselines } from '../history/baselines.ts';
import { hostIdentity } from '../host/fingerprint.ts';
import { ok } from '../result.ts';
import { mostUrgent, runNightly } from './nightly.ts';
import { parseNightly } from './options.ts';

/** Stands for `bench`: every command ends with the code that is given for it, and a run leaves what a real one leaves. */
function benchOf(codes: (args: readonly string[]) => number, out: string, commands: string[]) {
  let runs = 0;
  return async (args: readonly string[]) => {
    commands.push(args.join(' '));
    const code = codes(args);
    if (args[0] !== 'run' || [2, 4, 5].includes(code)) return code;
    const directory = join(out, `2026010${++runs}T000000Z-gate`);
    writeRun(directory, args);
    const name = args[args.indexOf('--save-baseline') + 1];
    if (args.includes('--save-baseline') && name && code === 0) makeBaseline(out, name);
    return code;
  };
}

function writeRun(directory: string, commandLine: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'run.json'),
    JSON.stringify({ schema_version: 1, run_id: basename(directory), command_line: commandLine }),
  );
}

const OWN_KEY = hostKey(hostIdentity());

let saved = 0;
function makeBaseline(out: string, name: string, { key = OWN_KEY, scenario = 'a' } = {}): void {
  const directory = join(out, 'baselines', key, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'run.json'),
    JSON.stringify({ schema_version: 1, run_id: String(++saved), scenarios: [{ name: scenario }] }),
  );
}

interface Night {
  readonly argv?: readonly string[];
  readonly code?: (args: readonly string[]) => number;
  readonly kvm?: KvmAnswer;
  readonly out?: string;
}

/** One night, in a folder of its own unless one is given. */
async function nightly({ argv = ['a.yaml'], code = () => 0, kvm, out = resultsFolder() }: Night) {
  const options = parseNightly(['--out', out, ...argv]);
  if (!options.ok) throw new Error(options.failure);
  const commands: string[] = [];
  const said: string[] = [];
  const returned = await runNightly(options.value, {
    bench: benchOf(code, out, commands),
    tryKvm: async () => ok(kvm ?? { works: true, why: 'it was tried' }),
    say: (text) => said.push(text),
    signal: new AbortController().signal,
  });
  const link = join(out, 'nightly');
  return {
    code: returned,
    commands,
    said: said.join('\n'),
    run: commands.find((one) => one.startsWith('run ')),
    published: existsSync(link) ? readlinkSync(link) : undefined,
  };
}

function resultsFolder(): string {
  return mkdtempSync(join(tmpdir(), 'nightly-'));
}

const codeOf =
  (codes: Readonly<Record<string, number>>) =>
  ([command = '']: readonly string[]) =>
    codes[command] ?? 0;

describe('the baseline', () => {
  test('a first night on a busy host, of which no baseline is made, is measured without', async () => {
    const out = resultsFolder();
    const busy = (args: readonly string[]) => (args.includes('--save-baseline') ? 4 : 0);
    const night = await nightly({ out, code: busy });
    expect(night.commands).toContain(`run a.yaml --out ${out}`);
    expect(night.said).toContain('this night becomes no baseline');
    expect((await nightly({ out })).run).toContain('--save-baseline nightly');
  });

  test('of this host is what later nights are compared with, and the first night becomes it and says so', async () => {
    const out = resultsFolder();
    const first = await nightly({ out });
    expect(first.run).toBe(`run a.yaml --out ${out} --save-baseline nightly`);
    expect(first.said).toContain(`no baseline "nightly" of this host (${OWN_KEY})`);
    const second = await nightly({ out });
    expect(second.run).toBe(`run a.yaml --out ${out} --baseline nightly --require-baseline`);
    expect(second.said).not.toContain('no baseline');
  });

  test('of another host is none', async () => {
    const out = resultsFolder();
    makeBaseline(out, 'nightly', { key: 'another-12345678' });
    expect((await nightly({ out })).run).toContain('--save-baseline nightly');
  });

  test('with which nothing can be compared any more is kept beside the new one, and that night is not 0', async () => {
    const out = resultsFolder();
    makeBaseline(out, 'nightly');
    const night = await nightly({ out, code: (args) => (args.includes('--require-baseline') ? 5 : 0) });
    expect(night.code).toBe(5);
    expect(night.commands.filter((command) => command.startsWith('run '))).toEqual([
      `run a.yaml --out ${out} --baseline nightly --require-baseline`,
      `run a.yaml --out ${out} --save-baseline nightly`,
    ]);
    expect(listBaselines(out).map(({ name }) => name)).toEqual([
      'nightly',
      expect.stringMatching(/^nightly-until-\d{8}T\d{6}Z$/),
    ]);
    expect(night.said).toMatch(/compare --force \S+nightly-until-\S+ \S+-gate$/m);
    expect(night.commands.filter((command) => command.startsWith('export'))).toHaveLength(3);
  });

  test('of another question is neither replaced nor a reason to measure', async () => {
    const out = resultsFolder();
    makeBaseline(out, 'nightly', { scenario: 'another' });
    const file = join(out, 'a.yaml');
    writeFileSync(file, 'name: a\n');
    const code = (args: readonly string[]) => (args.includes('--require-baseline') ? 5 : 0);
    const night = await nightly({ out, argv: [file], code });
    expect(night.code).toBe(5);
    expect(night.commands.filter((command) => command.startsWith('run '))).toHaveLength(1);
    expect(night.said).toContain('the baseline "nightly" is of other scenarios');
    expect(listBaselines(out).map(({ name }) => name)).toEqual(['nightly']);
  });

  test('is still there when the job is killed while it measures a new one', async () => {
    const out = resultsFolder();
    makeBaseline(out, 'nightly');
    let during: readonly string[] = [];
    const code = (args: readonly string[]) => {
      if (args.includes('--save-baseline')) during = listBaselines(out).map(({ name }) => name);
      return args.includes('--require-baseline') ? 5 : 0;
    };
    await nightly({ out, code });
    expect(during).toContain('nightly');
  });

  test('stays when the new one cannot be saved', async () => {
    const out = resultsFolder();
    makeBaseline(out, 'nightly');
    const night = await nightly({
      out,
      code: (args) => (args.includes('--require-baseline') ? 5 : codeOf({ run: 3 })(args)),
    });
    expect(night.code).toBe(5);
    expect(listBaselines(out).map(({ name }) => name)).toEqual(['nightly']);
    expect(night.said).toContain(`a.yaml --out ${out} --save-baseline nightly`);
  });
});

describe('what is measured when nothing is named', () => {
  test('topologies where KVM works', async () => {
    expect((await nightly({ argv: [] })).run).toMatch(/^run \S*scenarios\/topologies\.yaml --out/);
  });

  test('virtual time where it does not, with the reason', async () => {
    const night = await nightly({ argv: [], kvm: { works: false, why: 'no usable KVM: the guest hung' } });
    expect(night.run).toMatch(/^run \S*scenarios\/virtual\.yaml --out/);
    expect(night.said).toMatch(/virtual\.yaml, in virtual time: no usable KVM: the guest hung/);
    expect(night.run).toContain('--save-baseline nightly-virtual');
  });
});

describe('what is published', () => {
  test('the run of this night, with its exports, in which history is looked at too', async () => {
    const night = await nightly({});
    expect(night.code).toBe(0);
    expect(night.published).toBe('20260101T000000Z-gate');
    const path = expect.stringContaining(night.published ?? '');
    expect(night.commands.slice(2)).toEqual([
      expect.stringMatching(/^history /),
      expect.stringMatching(/^export --format junit \S+-gate --history$/),
      expect.stringMatching(/^export --format markdown \S+-gate --history$/),
      expect.stringMatching(/^export --format openmetrics \S+-gate$/),
      path,
    ]);
  });

  test('not what somebody else measured at the same time', async () => {
    const out = resultsFolder();
    const meanwhile = () => writeRun(join(out, '20270101T000000Z-other'), ['run', 'other.yaml']);
    const night = await nightly({
      out,
      code: ([command]) => {
        if (command === 'run') meanwhile();
        return 0;
      },
    });
    expect(night.published).toBe('20260101T000000Z-gate');
  });

  test.each([2, 4, 70, 130])('nothing, not even the night before, when the run ends with %i', async (code) => {
    const out = resultsFolder();
    expect((await nightly({ out })).published).toBeDefined();
    const night = await nightly({ out, code: codeOf({ run: code }) });
    expect(night).toMatchObject({ code, published: undefined });
    expect(night.commands.at(-1)).toMatch(/^run /);
  });

  test('nothing when the host is not quiet, and nothing is measured', async () => {
    const out = resultsFolder();
    await nightly({ out });
    const night = await nightly({ out, argv: ['--strict-host'], code: codeOf({ noise: 4 }) });
    expect(night).toMatchObject({ code: 4, published: undefined, commands: ['noise --strict-host'] });
  });
});

describe('the exit code', () => {
  test.each([{ run: 1 }, { history: 1 }, { run: 3, history: 1 }])(
    'is 1 for a regression (%o), the files are written all the same, and how to accept it is said',
    async (codes) => {
      const night = await nightly({ code: codeOf(codes) });
      expect(night.code).toBe(1);
      expect(night.commands.filter((command) => command.startsWith('export'))).toHaveLength(3);
      expect(night.commands.at(-1)).toMatch(/^report \S+-gate$/);
      expect(night.said).toMatch(/to accept .*: npm run bench -- a\.yaml --out \S+ --save-baseline nightly$/m);
    },
  );

  test('that no command has is a defect', () => {
    expect(mostUrgent([0, 1, 139])).toBe(70);
  });
});

test.each([[['--nope']], [['--baseline', '../x']], [['--detect', 'much']]])('%j is bad usage', (argv) => {
  expect(parseNightly(argv).ok).toBe(false);
});

test('a link is relative, so that the folder can be moved', async () => {
  const { published = '' } = await nightly({});
  expect(basename(published)).toBe(published);
});

test('the slowdown that is not to be missed, and that undecided is accepted, are said to every run', async () => {
  const out = resultsFolder();
  const { run } = await nightly({ out, argv: ['--detect', '5%', '--accept-undecided', 'a.yaml'] });
  expect(run).toBe(`run a.yaml --out ${out} --save-baseline nightly --detect 5% --accept-undecided`);
});

test('a night of which something is undecided is no fine one, and no regression', async () => {
  const out = resultsFolder();
  await nightly({ out });
  const night = await nightly({ out, code: codeOf({ run: 6 }) });
  expect(night.code).toBe(6);
  expect(night.said).toMatch(/^exit 6 \(a comparison could not have found/m);
});
