import { access, constants, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import { MAXIMUM_SOCKET_PATH_BYTES } from './line-channel.ts';

/** Longest name of a socket directory, and of a socket in it. */
export const MAXIMUM_DIRECTORY_NAME_BYTES = 12;
const MAXIMUM_SOCKET_NAME_BYTES = 14;
/** The longest `/<pid>-<start ticks>/<name>-<count>/<socket>`: 22 bits of pid, three years of ticks, five digits of count. */
const RESERVED_BYTES =
  '/4194304-1234567890/'.length + MAXIMUM_DIRECTORY_NAME_BYTES + '-12345/'.length + MAXIMUM_SOCKET_NAME_BYTES;

/** The directory for run-time files cannot be used; `message` says which, why, and what to do. */
export interface RuntimeDirectoryFailure {
  readonly directory: string;
  readonly message: string;
}

/** Where this user's run-time files may be, in order of preference. The environment is read at each call. */
export function baseDirectories(): readonly string[] {
  const parents = new Set([process.env.XDG_RUNTIME_DIR ?? '', tmpdir(), '/tmp']);
  return [...parents].filter(isAbsolute).map((parent) => join(parent, `hotplug-bench-${userId()}`));
}

/**
 * Makes the first base directory that can be used, mode 0700. A parent that is missing or read-only (XDG_RUNTIME_DIR of a
 * batch job) or too long for a socket's path is passed over; a base that somebody else made is a failure.
 */
export async function makeBaseDirectory(): Promise<Result<string, RuntimeDirectoryFailure>> {
  const candidates = baseDirectories();
  for (const base of candidates) {
    if (Buffer.byteLength(base) + RESERVED_BYTES > MAXIMUM_SOCKET_PATH_BYTES) continue;
    if (!(await isWritable(join(base, '..')))) continue;
    await mkdir(base, { mode: 0o700 }).catch(unlessExists);
    const danger = await dangerOf(base);
    if (danger === undefined) return ok(base);
    const message = `${base} ${danger}. Expected a directory of user ${userId()} with mode 0700: remove it, or set XDG_RUNTIME_DIR to a directory of your own.`;
    return fail({ directory: base, message });
  }
  const message = `no directory for sockets can be made: tried ${candidates.join(', ')}. Set XDG_RUNTIME_DIR to a directory that is writable and has a short path.`;
  return fail({ directory: candidates[0] ?? '', message });
}

/** Why a directory must not be trusted (others can write to /tmp, so its name alone proves nothing), or undefined. */
export async function dangerOf(directory: string): Promise<string | undefined> {
  const found = await lstat(directory);
  if (found.isSymbolicLink()) return 'is a symbolic link';
  if (!found.isDirectory()) return 'is not a directory';
  if (found.uid !== userId()) return `belongs to user ${found.uid}`;
  const mode = found.mode & 0o777;
  return mode === 0o700 ? undefined : `has mode 0${mode.toString(8)}`;
}

function userId(): number {
  // Absent on Windows only, where there is no /proc and no QEMU of ours.
  return process.getuid?.() ?? 0;
}

async function isWritable(directory: string): Promise<boolean> {
  return access(directory, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
