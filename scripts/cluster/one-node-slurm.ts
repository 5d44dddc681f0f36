import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, vi } from 'vitest';
import { findCommand } from '../../harness/host/requirements.ts';

/** A Slurm of a test's own: one node, this machine. */
export interface Slurm {
  /** What its commands need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Waits until no job is left. */
  untilIdle(timeoutMs: number): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 500;

/** Why there can be no Slurm here; undefined when there can. Its daemons start jobs of other users, as root only can. */
export function whyNoSlurm(): string | undefined {
  const missing = ['slurmctld', 'slurmd', 'munged', 'sbatch'].filter((command) => findCommand(command) === undefined);
  if (missing.length > 0) return `no ${missing.join(', ')}`;
  return process.getuid?.() === 0 ? undefined : 'not root';
}

/** Starts the daemons with everything they write below `directory`, and ends them with the test. */
export async function startSlurm(directory: string): Promise<Slurm> {
  const at = (name: string) => join(directory, name);
  for (const name of ['munge', 'state', 'spool']) mkdirSync(at(name), { mode: 0o755, recursive: true });
  const env = { SLURM_CONF: at('slurm.conf') };
  writeFileSync(env.SLURM_CONF, configuration(directory, await freePorts(2)));
  writeFileSync(at('cgroup.conf'), CGROUP_CONFIGURATION);
  writeFileSync(at('munge/key'), Buffer.alloc(64, 'not a secret: it lasts as long as the test'), { mode: 0o600 });
  const files = {
    socket: at('munge/socket'),
    'key-file': at('munge/key'),
    'log-file': at('munge/log'),
    'pid-file': at('munge/pid'),
    'seed-file': at('munge/seed'),
  };
  const start = (command: string, args: readonly string[]) =>
    execa(findCommand(command) ?? command, args, { env, reject: false, stdio: 'ignore' });
  const daemons: ReturnType<typeof start>[] = [];
  onTestFinished(async () => {
    await execa('scancel', ['--user=root'], { env, reject: false, timeout: START_TIMEOUT_MS });
    for (const daemon of daemons.toReversed()) {
      daemon.kill('SIGTERM');
      await daemon;
    }
  });
  const options = Object.entries(files).map(([name, value]) => `--${name}=${value}`);
  daemons.push(
    start('munged', ['--foreground', '--force', ...options]),
    start('slurmctld', ['-D']),
    start('slurmd', ['-D']),
  );
  const errors = () => ['slurmctld', 'slurmd'].flatMap((daemon) => errorsIn(at(`${daemon}.log`))).join('\n');
  await poll(START_TIMEOUT_MS, async () =>
    expect((await ask('sinfo', ['-h', '-o', '%T'])).trim(), errors()).toBe('idle'),
  );
  return {
    env,
    untilIdle: (timeoutMs) => poll(timeoutMs, async () => expect(await ask('squeue', ['-h'])).toBe('')),
  };

  async function ask(command: string, args: readonly string[]): Promise<string> {
    return (await execa(command, args, { env })).stdout;
  }
}

/** What a daemon has complained of: why its node does not come up. */
function errorsIn(log: string): readonly string[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /error|fatal/.test(line));
}

async function poll(timeoutMs: number, check: () => Promise<unknown>): Promise<void> {
  await vi.waitFor(check, { timeout: timeoutMs, interval: POLL_MS });
}

/**
 * slurmd loads a plugin for control groups even where no other of its plugins uses them. By default it looks for the one that
 * fits what is mounted on /sys/fs/cgroup, and ends where that is nothing, as in a chroot; named, it is loaded and not used
 * (Slurm 22.05, cgroup.conf(5)). Slurm reads this file beside slurm.conf.
 */
const CGROUP_CONFIGURATION = 'CgroupPlugin=cgroup/v1\n';

function configuration(directory: string, [controller, daemon]: readonly number[]): string {
  const host = hostname().split('.')[0];
  const at = (name: string) => join(directory, name);
  return [
    'ClusterName=test',
    `SlurmctldHost=${host}(127.0.0.1)`,
    'SlurmUser=root',
    'SlurmdUser=root',
    'AuthType=auth/munge',
    `AuthInfo=socket=${at('munge/socket')}`,
    `SlurmctldPort=${controller}`,
    `SlurmdPort=${daemon}`,
    `StateSaveLocation=${at('state')}`,
    `SlurmdSpoolDir=${at('spool')}`,
    `SlurmctldPidFile=${at('slurmctld.pid')}`,
    `SlurmdPidFile=${at('slurmd.pid')}`,
    `SlurmctldLogFile=${at('slurmctld.log')}`,
    `SlurmdLogFile=${at('slurmd.log')}`,
    // Without cgroups and systemd, which a container has not.
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/none',
    'MpiDefault=none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    'ReturnToService=2',
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} State=UNKNOWN`,
    'PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
    '',
  ].join('\n');
}

/** Held all at once, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  return servers.map((server) => {
    const address = server.address();
    server.close();
    return typeof address === 'object' && address ? address.port : 0;
  });
}
