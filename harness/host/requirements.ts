import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import requirements from '../../scripts/debian-packages.json' with { type: 'json' };

/** Something the harness needs of its host, and whether it is there. */
export interface HostRequirement {
  /** The command, or the file. */
  readonly name: string;
  readonly found: boolean;
  /** Where it was found. */
  readonly path?: string;
  /** What it is for, and how to get it. */
  readonly remedy: string;
}

/** The QEMU that runs the guests, by the name under which Debian and others install it. */
export const QEMU = 'qemu-system-x86_64';

/** Where Debian keeps administrators' commands such as modprobe; not in an ordinary user's PATH. */
const ADMINISTRATION_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The PATH in which tools are looked for and run. */
export function toolPath(): string {
  return [process.env.PATH ?? '', ...ADMINISTRATION_DIRECTORIES].filter(Boolean).join(delimiter);
}

/** Everything of scripts/debian-packages.json, the list that set-up installs from, and whether it is there. */
export function checkHost(): readonly HostRequirement[] {
  return requirements.map(({ command, file, package: name, why }) => {
    const path = command === undefined ? existingFile(file) : findCommand(command);
    const remedy = `${why}; sudo apt-get install ${name}`;
    return { name: command ?? file, found: path !== undefined, ...(path === undefined ? {} : { path }), remedy };
  });
}

/** Path of the QEMU that runs the guests; undefined where there is none. */
export function findQemu(): string | undefined {
  return findCommand(QEMU);
}

/** The Debian package that has a command, where the harness knows it. */
export function packageOf(command: string): string | undefined {
  return requirements.find((requirement) => requirement.command === command)?.package;
}

/** Path of a command that may be executed: looked up in PATH, or a path itself. */
export function findCommand(command: string): string | undefined {
  if (command.includes('/')) return isExecutable(command) ? command : undefined;
  return toolPath()
    .split(delimiter)
    .map((directory) => join(directory, command))
    .find(isExecutable);
}

function existingFile(file: string): string | undefined {
  return existsSync(file) ? file : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the launcher lends the commands: installing what the host lacks, once it is known to be needed. */
export interface Setup {
  readonly ensureHost: (needs: {
    readonly kernelBuild: boolean;
  }) => Promise<{ readonly ok: true } | { readonly ok: false; readonly message: string }>;
}
