import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A process, told apart from a later one with the same pid by its start time: clock ticks since the host's boot, field 22
 * of /proc/<pid>/stat (proc(5)). A text, because it is only ever compared.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
}

/** The process that has this pid now, or undefined. A zombie is nobody: it runs no more and cannot be signalled. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // ESRCH: it went between open and read. Anything else (too many open files) must not pass for a dead process.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

export function isRunning({ pid, startTicks }: ProcessIdentity): boolean {
  return identify(pid)?.startTicks === startTicks;
}

/** The identity in a line of /proc/<pid>/stat; undefined for a process that is dead or for text of another shape. */
export function parseStat(stat: string): ProcessIdentity | undefined {
  // The second field, the command, stands in parentheses and may itself contain spaces and parentheses.
  const [, pid, state, rest = ''] = /^(\d+) \(.*\) (\w) (.*)$/s.exec(stat) ?? [];
  // `rest` starts with field 4.
  const startTicks = rest.split(' ')[22 - 4];
  if (!pid || !startTicks || state === 'Z' || state === 'X') return undefined;
  return { pid: Number(pid), startTicks };
}

/** `<pid>-<start ticks>`: the name of a record, so that a record's content need not be whole for it to be understood. */
export function identityName({ pid, startTicks }: ProcessIdentity): string {
  return `${pid}-${startTicks}`;
}

export function parseIdentityName(name: string): ProcessIdentity | undefined {
  const [, pid, startTicks] = /^([1-9]\d{0,9})-(\d{1,20})$/.exec(name) ?? [];
  return pid && startTicks ? { pid: Number(pid), startTicks } : undefined;
}

/**
 * Where pids and start times mean something: this boot of this host and this PID namespace. A record from another one
 * (a container that shares /tmp, another host that shares the file system) cannot be judged from here.
 */
export function processScope(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
}

/** Whether a text is a whole `processScope()`, of any host. */
export function isScope(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} pid:\[\d+\]$/.test(text);
}
