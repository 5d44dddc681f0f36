import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import { projectRoot } from '../../harness/project-root.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import { runInEmulatedHost, whyNoEmulatedHost } from './emulated-host.ts';

/** Where the suite can run. */
export type Place = 'this host' | 'an emulated host' | { readonly nowhere: string };

/** In place where the guest boots under KVM not slower than under TCG; else in an emulated host. */
export async function findPlace(): Promise<Place> {
  const tried = await execa(process.execPath, [join(projectRoot, 'scripts', 'bench.mjs'), 'doctor', '--try-kvm'], {
    reject: false,
  });
  if (tried.exitCode === 0) return 'this host';
  const why = await whyNoEmulatedHost();
  const noKvm = /^missing +KVM +(.*)$/m.exec(tried.stdout)?.[1] ?? 'KVM was not tried';
  return why === undefined ? 'an emulated host' : { nowhere: `${noKvm}; no emulated host: ${why}` };
}

/** What suite.sh can be told to do. */
const PARTS = ['quick', 'machines'] as const;
export type SuitePart = (typeof PARTS)[number];

/**
 * Runs suite.sh there; the results of each part are in its folder of `out` afterwards. An emulated host has one processor, so
 * there each part has a host of its own, and they run side by side: nothing is judged by its seconds.
 */
export async function runSuite(place: 'this host' | 'an emulated host', out: string): Promise<Result<void, string>> {
  const suite = join(projectRoot, 'scripts', 'kvm', 'suite.sh');
  for (const part of PARTS) mkdirSync(join(out, part));
  if (place === 'this host') {
    for (const part of PARTS) await execa(suite, [join(out, part), part], { reject: false });
    return ok(undefined);
  }
  const failures = await Promise.all(
    PARTS.map(async (part) => {
      const log = join(out, part, 'console.log');
      const ran = await runInEmulatedHost(`${suite} /out ${part}`, join(out, part), log);
      return ran.ok ? [] : [`${part}: ${ran.failure}\n${readFileSync(log, 'utf8').slice(-2000)}`];
    }),
  );
  return failures.flat().length === 0 ? ok(undefined) : fail(failures.flat().join('\n'));
}

type Row = Readonly<Record<string, string>>;

/** What the tests look at in a run.json. */
interface RunJson {
  readonly variants: readonly { readonly name: string; readonly accelerator: object }[];
  readonly boots: readonly {
    readonly name: string;
    readonly variant: string;
    /** How many machines ran at once, with it. */
    readonly jobs: number;
    readonly clock_source: string | null;
    readonly clock_uncertainty_ms: number | null;
  }[];
}

/** What the tests look at in a summary.json. */
interface SummaryJson {
  readonly operations: readonly {
    readonly variant: string;
    readonly operation: string;
    /** Null where no sample of it was ok. */
    readonly phases: { readonly unattributed_share: number } | null;
  }[];
}

/** One of the suite's commands, as it ended. */
export interface Ran {
  readonly exitCode: number;
  /** What it said. */
  readonly said: string;
  /** Rows of its run's samples.csv; none where there is no run. */
  samples(): readonly Row[];
  /** `operation outcome` of the samples of a variant, in order, one boot after the other: side by side, their rows alternate. */
  outcomes(variant: string): readonly string[];
  /** Its run.json. */
  run(): RunJson;
  /** Its summary.json. */
  summary(): SummaryJson;
  /** A file of its run. */
  read(file: string): string;
}

export function ranCommand(out: string, part: SuitePart, name: string): Ran {
  const folder = join(out, part);
  const commands = readFileSync(join(folder, 'commands'), 'utf8');
  const [, code = ''] = new RegExp(`^${name} (\\d+) `, 'm').exec(commands) ?? [];
  const read = (file: string) => {
    const path = join(folder, name, 'latest', file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const samples: Ran['samples'] = () => parse(read('samples.csv'), { columns: true });
  return {
    exitCode: Number(code || Number.NaN),
    said: readFileSync(join(folder, `${name}.log`), 'utf8'),
    samples,
    outcomes: (variant) =>
      samples()
        .filter((row) => row.variant === variant)
        .toSorted((a, b) => Number(a.boot) - Number(b.boot))
        .map(({ operation, outcome }) => `${operation} ${outcome}`),
    run: () => JSON.parse(read('run.json')),
    summary: () => JSON.parse(read('summary.json')),
    read,
  };
}

export function bootsIn(out: string): number {
  const files = readdirSync(out, { recursive: true }).map(String);
  // `latest` is a link to the run directory.
  return files.filter((file) => !file.includes('/latest/') && /\/recording\/[^/]+\.jsonl$/.test(file)).length;
}
