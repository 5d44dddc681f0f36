import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { EXPORT_FORMATS } from '../../report/exports/index.ts';
import { main } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { damage } from '../record/damage.fixture.ts';
import { readText } from '../record/read-file.ts';
import { writeRecordedRun } from '../record/recorded-run.fixture.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { STACK_TRACE } from './bench-process.ts';

/** What a command said and ended with. */
interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly text: string;
}

/** Runs a command in this process; no host is ready for it, so that none starts a guest. */
async function bench(argv: readonly string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const listen = (name: keyof typeof said) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += text;
      return true;
    });
  const spies = [listen('stdout'), listen('stderr')];
  try {
    const code = await main(argv, { ensureHost: async () => ({ ok: false, message: 'no host' }) });
    return { code, stdout: said.stdout, text: said.stdout + said.stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Sound run directories: two of runs, two of the parts of one. */
async function soundRuns(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'sound-'));
  const parts = [1, 2].map((index) => ({ seed: 3, shard: { index, of: 2 } }));
  for (const options of [{ seed: 1 }, { seed: 2 }, ...parts]) {
    const directory = join(root, `run-${options.seed}-${'shard' in options ? options.shard.index : 0}`);
    await writeRecordedRun(directory, { ...options, boots: 1 });
    await bench(['analyse', directory]);
  }
  return root;
}

interface Paths {
  readonly root: string;
  /** A sound run, and the one to which something has happened. */
  readonly good: string;
  readonly bad: string;
}

const [BAD_RUN, PARTS] = ['run-2-0', ['run-3-1', 'run-3-2']] as const;
const ROWS = `SELECT (SELECT count(*) FROM samples WHERE run_id = '${BAD_RUN}'), (SELECT count(*) FROM phases WHERE run_id = '${BAD_RUN}')`;

/** Every command that reads a run directory. What changes one comes last. */
function commandsOn({ root, good, bad }: Paths, turn: number): readonly (readonly string[])[] {
  const format = EXPORT_FORMATS[turn % EXPORT_FORMATS.length]?.name ?? '';
  return [
    ['compare', good, bad, '--force'],
    ['compare', bad, good, '--force', '--json'],
    ['history', root],
    ['query', ROWS, root, '--csv'],
    ['export', '--format', format, bad],
    ['prune', root, '--keep', '0', '--dry-run'],
    ['report', bad],
    ['show', bad],
    ['show', bad, '2'],
    ['analyse', bad],
    ['run', '--resume', bad],
  ];
}

/** What no command may say, and no exit code of one that reads. */
function faultsOf({ code, text }: Said): readonly string[] {
  const controls = [...text].filter((character) => /\p{Cc}/u.test(character) && !'\n\t\r'.includes(character));
  return [
    ...(code === EXIT.defect ? ['ends as a defect'] : []),
    ...(STACK_TRACE.test(text) ? ['prints a stack trace'] : []),
    ...(controls.length > 0 ? ['prints control characters'] : []),
    ...(text.length > MOST_CHARACTERS ? [`prints ${text.length} characters`] : []),
  ];
}

/** What a sound run of this size is told with is less. */
const MOST_CHARACTERS = 20_000;

/** Files that are measured, as one text. */
function figures(directory: string): string {
  const read = (name: string) => {
    const text = readText(join(directory, name));
    return text.ok ? text.value : text.failure.why;
  };
  return ['samples.csv', 'phases.csv', 'summary.json'].map(read).join('\n');
}

/**
 * Damages so many run directories, each in one way, gives them to the commands that `isDue`, and says what is wrong with the
 * answers: a line for each. Whoever accepts a run has to have its figures whole.
 */
export async function faultsOfDamagedRuns(
  directories: number,
  seed: number,
  isDue: (command: string, turn: number) => boolean = () => true,
): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const sound = await soundRuns();
  const wholeFigures = figures(join(sound, BAD_RUN));
  const rows = (name: string) =>
    readFileSync(join(sound, BAD_RUN, name), 'utf8')
      .trimEnd()
      .split('\n').length - 1;
  const wholeRows = `${rows('samples.csv')},${rows('phases.csv')}`;
  const faults: string[] = [];
  for (let turn = 0; turn < directories; turn++) {
    const root = mkdtempSync(join(tmpdir(), 'damaged-'));
    cpSync(sound, root, { recursive: true });
    // Of every eight, one is part of a run.
    const isPart = turn % 8 === 7;
    const bad = join(root, isPart ? PARTS[1] : BAD_RUN);
    const done = damage(bad, random);
    const commands = isPart
      ? [['merge', ...PARTS.map((part) => join(root, part)), '--out', join(root, 'out')]]
      : commandsOn({ root, good: join(root, 'run-1-0'), bad }, turn);
    for (const argv of commands) {
      const [command = ''] = argv;
      if (!isDue(command, turn)) continue;
      const before = figures(bad);
      const said = await bench(argv);
      const found = [...faultsOf(said)];
      if (
        command === 'query' &&
        said.code === EXIT.ok &&
        !['0,0', wholeRows].includes(said.stdout.split('\n')[1] ?? '')
      )
        found.push(`counts ${said.stdout.split('\n')[1]} rows of ${wholeRows}`);
      if (command === 'analyse') {
        if (said.code === EXIT.ok && figures(bad) !== wholeFigures) found.push('writes other figures');
        if (said.code !== EXIT.ok && figures(bad) !== before && said.code !== EXIT.hostUnable)
          found.push('writes, and fails');
      }
      if (command === 'merge' && (said.code === EXIT.ok || said.code === EXIT.samplesFailed)) {
        const samples = readFileSync(join(root, 'out', 'latest', 'samples.csv'), 'utf8')
          .trimEnd()
          .split('\n');
        if (samples.length !== 1 + 6) found.push(`merges ${samples.length - 1} rows of 6`);
      }
      const how = `seed ${seed}, directory ${turn}: ${done.what}: ${done.file}: ${command} (${said.code})`;
      faults.push(...found.map((fault) => `${how} ${fault}: ${JSON.stringify(said.text.slice(0, 300))}`));
    }
    rmSync(root, { recursive: true });
  }
  rmSync(sound, { recursive: true });
  return faults;
}
