import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import { expect, onTestFinished, vi } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { cleanLeftoversIn } from '../qemu/leftovers.ts';

/** Generous: it only ends a test that hangs. A guest boots in about 5 s, and in several times that on a busy machine. */
export const GUEST_TIMEOUT_MS = 120_000;

export const LAUNCHER = join(projectRoot, 'scripts', 'bench.mjs');

/** One pass on one machine: about 5 s of boot, and 12 s more where the controller waits for a human operator. */
const ONE_PASS = 'defaults: { sampling: { boots: 1, cycles: 1, warmup: 0 } }';
const SEQUENCE = 'sequence: [boot, plug: virtio-blk, unplug: virtio-blk]';

const VARIANTS = {
  acpi: 'acpi: { topology: acpi-root-port }',
  /** The plug takes six seconds: time to interfere with it. */
  shpc: 'shpc: { topology: shpc-bridge }',
  /** No guest boots that fast: it fails in under a second. */
  late: 'late: { topology: acpi-root-port, timeout: { boot: 1ms } }',
} as const;

/** A command that has ended. */
interface Ended {
  /** As a shell reports it: 128 and the number of the signal, for a command that one has ended. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs, and can be awaited. */
interface Started extends PromiseLike<Ended> {
  readonly pid: number | undefined;
  kill(signal: NodeJS.Signals): boolean;
}

interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** In a process group of its own, as a shell starts it. */
  readonly detached?: boolean;
  /** A descriptor instead of a pipe. */
  readonly stdout?: number;
}

/** Directories of a test's own, so that tests do not see each other's runs, sockets and leftovers. */
export interface World {
  readonly directory: string;
  /** For `--out`. */
  readonly out: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a file and gives its path. */
  write(name: string, text: string | Uint8Array): string;
  /** A scenario of these variants. */
  scenario(...variants: readonly (keyof typeof VARIANTS)[]): string;
  /** Starts a command in this world. */
  start(command: string, args: readonly string[], options?: StartOptions): Started;
  /** Starts `bench` as its launcher does. */
  bench(args: readonly string[], options?: StartOptions): Started;
  /** Starts `npm run --silent bench -- …`. */
  npm(args: readonly string[], options?: StartOptions): Started;
  /** A file of the newest run; empty when it is not there. */
  read(file: string): string;
  /** `operation outcome` of the rows written so far. */
  outcomes(): readonly string[];
  /** Waits until the guest is in the middle of its plug, and gives the pid of its QEMU. */
  untilPlugging(): Promise<number>;
  /** What is in the private runtime directory: empty when every run has cleaned up. */
  leftovers(): readonly string[];
  /** Names of the run directories. */
  runs(): readonly string[];
}

/** Makes a world for the test that is running, and removes it and what still runs in it when that is over. */
export function makeWorld(): World {
  // Short: the path of a socket has to fit into 108 bytes.
  const directory = mkdtempSync('/tmp/hotplug-bench-cli-');
  const [out, runtime, tmp] = ['out', 'runtime', 'tmp'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(runtime, { mode: 0o700 });
  mkdirSync(tmp);
  const base = join(runtime, `hotplug-bench-${process.getuid?.()}`);
  onTestFinished(async () => {
    await cleanLeftoversIn(base);
    rmSync(directory, { recursive: true, force: true });
  });
  // Whoever runs the tests may have asked for colour, or for none.
  const env = { XDG_RUNTIME_DIR: runtime, TMPDIR: tmp, NO_COLOR: undefined, FORCE_COLOR: undefined };
  const start = (command: string, args: readonly string[], options: StartOptions = {}): Started => {
    const child = execa(command, args, {
      cwd: projectRoot,
      env: { ...env, ...options.env },
      detached: options.detached ?? false,
      stdin: 'ignore',
      // Any descriptor works; execa's types end at 9.
      stdout: (options.stdout as 9) ?? 'pipe',
      reject: false,
      timeout: GUEST_TIMEOUT_MS,
    });
    const ended = child.then(({ exitCode, signal, stdout, stderr }) => ({
      exitCode: exitCode ?? 128 + (signal === undefined ? 0 : constants.signals[signal]),
      stdout: stdout ?? '',
      stderr,
    }));
    return Object.assign(ended, { pid: child.pid, kill: (signal: NodeJS.Signals) => child.kill(signal) });
  };
  const read = (file: string) => {
    const path = join(out, 'latest', file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const recording = () => {
    const folder = join(out, 'latest', 'recording');
    const [name] = existsSync(folder) ? readdirSync(folder) : [];
    return name === undefined ? '' : read(join('recording', name));
  };
  const world: World = {
    directory,
    out,
    env,
    write: (name, text) => {
      const path = join(directory, name);
      writeFileSync(path, text);
      return path;
    },
    scenario: (...names) => {
      const lines = names.map((name) => `  ${VARIANTS[name]}`);
      return world.write('test.yaml', ['name: test', ONE_PASS, 'variants:', ...lines, SEQUENCE, ''].join('\n'));
    },
    start,
    bench: (args, options) => start(process.execPath, [LAUNCHER, ...args], options),
    npm: (args, options) => start('npm', ['run', '--silent', 'bench', '--', ...args], options),
    read,
    outcomes: () => {
      const rows: Record<string, string>[] = parse(read('samples.csv'), { columns: true });
      return rows.map(({ operation, outcome }) => `${operation} ${outcome}`);
    },
    untilPlugging: () =>
      vi.waitFor(
        () => {
          expect(recording()).toContain('"execute":"device_add"');
          return Number(/"event":"started","pid":(\d+)/.exec(recording())?.[1]);
        },
        { timeout: GUEST_TIMEOUT_MS, interval: 20 },
      ),
    leftovers: () => (existsSync(base) ? readdirSync(base) : []),
    runs: () => (existsSync(out) ? readdirSync(out).filter((name) => name !== 'latest') : []),
  };
  return world;
}

/** A stack trace, which users never see for something they can mend. */
export const STACK_TRACE = /^\s+at /m;
export const ESCAPE = '\u001b';
