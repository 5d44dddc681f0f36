import { resolve } from 'node:path';
import { isMapValue } from './expected-words.ts';
import type { Path } from './problem.ts';

/** A file or directory of the host that a scenario names. */
export interface HostFile {
  /** Where in the data it is named. */
  readonly path: Path;
  readonly kind: 'file' | 'directory';
  /** As written. */
  readonly named: string;
}

/** In a device's options this key, at any depth, names a file of the host. */
const FILE_OPTION = 'file';

/** Everything the data of a scenario names on the host: kernels, and the files of devices. */
export function hostFiles(data: unknown, path: Path = []): readonly HostFile[] {
  if (typeof data === 'string') {
    const kind = hostKind(path);
    return kind ? [{ path, kind, named: data }] : [];
  }
  if (Array.isArray(data)) return data.flatMap((item, index) => hostFiles(item, [...path, index]));
  if (!isMapValue(data)) return [];
  return Object.entries(data).flatMap(([key, value]) => hostFiles(value, [...path, key]));
}

/** A device's options with their files as absolute paths. */
export function withAbsoluteFiles<Options>(options: Options, directory: string): Options {
  return absolute(options, directory) as Options;
}

function absolute(value: unknown, directory: string): unknown {
  if (Array.isArray(value)) return value.map((item) => absolute(item, directory));
  if (!isMapValue(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === FILE_OPTION && typeof item === 'string' ? resolve(directory, item) : absolute(item, directory),
  ]);
  return Object.fromEntries(entries);
}

function hostKind(path: Path): HostFile['kind'] | undefined {
  const [parent, key] = path.slice(-2);
  if (parent === 'kernel' && key === 'image') return 'file';
  if (parent === 'kernel' && key === 'modules') return 'directory';
  return path[0] === 'sequence' && key === FILE_OPTION ? 'file' : undefined;
}
