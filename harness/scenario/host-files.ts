import { resolve } from 'node:path';
import { isMapValue } from './expected-words.ts';
import type { Path } from './yaml/problem.ts';

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
/** Below these a device's options are QEMU's own arguments, and a "file" there is what QEMU takes it for. */
const QEMUS_OWN = ['properties', 'backends'];
/** A list or map of values, as an axis of a matrix is, puts one more key between a setting and its value. */
const MOST_KEYS_OF_A_VALUE = 2;

/** Everything the data of a scenario names on the host: kernels, QEMU binaries, and the files of devices. */
export function hostFiles(data: unknown, path: Path = []): readonly HostFile[] {
  if (typeof data === 'string') {
    const kind = hostKind(path, data);
    return kind ? [{ path, kind, named: data }] : [];
  }
  if (Array.isArray(data)) return data.flatMap((item, index) => hostFiles(item, [...path, index]));
  if (!isMapValue(data)) return [];
  return Object.entries(data)
    .filter(([key]) => !QEMUS_OWN.includes(key))
    .flatMap(([key, value]) => hostFiles(value, [...path, key]));
}

/** A device's options with their files as absolute paths. */
export function withAbsoluteFiles<Options>(options: Options, directory: string): Options {
  return absolute(options, directory) as Options;
}

function absolute(value: unknown, directory: string): unknown {
  if (Array.isArray(value)) return value.map((item) => absolute(item, directory));
  if (!isMapValue(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    if (QEMUS_OWN.includes(key)) return [key, item];
    return [
      key,
      key === FILE_OPTION && typeof item === 'string' ? resolve(directory, item) : absolute(item, directory),
    ];
  });
  return Object.fromEntries(entries);
}

function hostKind(path: Path, named: string): HostFile['kind'] | undefined {
  const [key = '', ...above] = path.toReversed();
  const isOf = (setting: string) => above.slice(0, MOST_KEYS_OF_A_VALUE).includes(setting);
  if (isOf('kernel')) return key === 'image' ? 'file' : key === 'modules' ? 'directory' : undefined;
  // A word without a slash is a command, to be looked up in PATH.
  if (key === 'qemu' || above[0] === 'qemu') return named.includes('/') ? 'file' : undefined;
  return key === FILE_OPTION ? 'file' : undefined;
}
