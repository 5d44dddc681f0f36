import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot } from '../../harness/cache/cache.ts';
import { packTree } from '../../harness/guest/initramfs.ts';
import { copyModules } from '../../harness/guest/kernel-modules.ts';
import { findCommand } from '../../harness/host/requirements.ts';
import { shellWord } from '../../harness/host/run-tool.ts';
import { optionValue } from '../../harness/machine/qemu-syntax.ts';
import { projectRoot } from '../../harness/project-root.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import { stockKernel } from '../../harness/versions/debian-kernel.ts';

/** What its kernel needs to reach this host's files, and to be a host itself. */
const MODULES = ['virtio_pci', '9p', '9pnet_virtio', 'overlay', 'kvm-amd'];

/** Two guests of 512 MiB, the harness, and what is read of this host's files. */
const MEMORY = '3G';

/** An end that hangs: the suite takes 11 minutes of a processor's time, and twice that on a busy machine. */
export const EMULATED_HOST_TIMEOUT_MS = 40 * 60_000;

/** Why there can be no emulated host here; undefined when there can. */
export async function whyNoEmulatedHost(): Promise<string | undefined> {
  const missing = ['qemu-system-x86_64', 'busybox', 'cpio', 'modprobe'].filter(
    (name) => findCommand(name) === undefined,
  );
  if (missing.length > 0) return `no ${missing.join(', ')}`;
  // Nothing else is in its initramfs: an interpreter (PT_INTERP) would be missing.
  const { stdout } = await execa(busybox(), ['--list'], { reject: false });
  if (!stdout.split('\n').includes('insmod')) return 'the busybox here has no insmod (package busybox-static has)';
  const isDynamic = (await readFile(busybox())).includes('/lib64/ld-linux-x86-64.so.2\0');
  return isDynamic ? 'busybox is not a static one (package busybox-static is)' : undefined;
}

function busybox(): string {
  return findCommand('busybox') ?? 'busybox';
}

/**
 * Runs a command on a machine where KVM works: this very system, emulated once more with AMD-V in its processor. QEMU's
 * emulator has SVM with nested paging, so that the kvm-amd module of Debian's kernel has what it needs. It sees this system's
 * programs and this checkout read-only, the cache through an overlay, and `out`, as /out, which it can write to. Its seconds
 * mean nothing.
 *
 * @param command for bash, in the root folder
 * @param log gets its console
 * @returns the command's exit code
 */
export async function runInEmulatedHost(command: string, out: string, log: string): Promise<Result<number, string>> {
  const kernel = await stockKernel(() => undefined);
  if (!kernel.ok) return fail(kernel.failure.what);
  const work = await mkdtemp(join(tmpdir(), 'emulated-host-'));
  try {
    const tree = join(work, 'tree');
    for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'low', 'root'])
      await mkdir(join(tree, name), { recursive: true });
    const modules = await copyModules(kernel.value, MODULES, join(tree, 'modules'));
    if (!modules.ok) return fail(modules.failure.what);
    await copyFile(busybox(), join(tree, 'bin', 'busybox'));
    await copyFile(join(import.meta.dirname, 'emulated-init.sh'), join(tree, 'init'));
    await chmod(join(tree, 'init'), 0o755);
    await writeFile(join(tree, 'settings'), settings(command));
    const initramfs = join(work, 'initramfs');
    // Sorted, so that a directory comes before what is in it.
    const packed = await packTree(tree, (await readdir(tree, { recursive: true })).toSorted(), initramfs);
    if (!packed.ok) return fail(packed.failure.what);

    const ended = await execa('qemu-system-x86_64', machine(kernel.value.image, initramfs, out), {
      reject: false,
      stdin: 'ignore',
      stdout: { file: log },
      stderr: 'pipe',
      timeout: EMULATED_HOST_TIMEOUT_MS,
    });
    const status = await readFile(join(out, 'status'), 'utf8').catch(() => '');
    if (/^\d+\n$/.test(status)) return ok(Number(status));
    const why = ended.timedOut ? `it was not done after ${EMULATED_HOST_TIMEOUT_MS / 60_000} minutes` : ended.stderr;
    return fail(`the emulated host did not come to the end of the command: ${why || `see ${log}`}`);
  } finally {
    await rm(work, { recursive: true });
  }
}

function settings(command: string): string {
  const prefix = dirname(dirname(process.execPath));
  const folders = [projectRoot, ...(prefix.startsWith('/usr') ? [] : [prefix])];
  const values = {
    FOLDERS: folders.join(' '),
    CACHE: cacheRoot(),
    NOW: Math.floor(Date.now() / 1000),
    COMMAND_PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    COMMAND: command,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${shellWord(String(value))}\n`)
    .join('');
}

/**
 * One processor, and a tick of its kernel that is periodic: QEMU before 10.2 loses interrupts of a processor that runs guests, and
 * with several it has more faults (docs/known-faults.md). No 5-level page tables, which `max` would have: each level makes the
 * look-up of a guest's address longer.
 */
const CPU = ['-cpu', 'max,+svm,+npt,-la57', '-smp', '1'];
const TICK = 'nohz=off highres=off';

function machine(kernel: string, initramfs: string, out: string): readonly string[] {
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-machine', 'q35'],
    ...['-accel', 'tcg,tb-size=1024', ...CPU, '-m', MEMORY],
    ...['-kernel', kernel, '-initrd', initramfs, '-serial', 'stdio'],
    ...['-append', `console=ttyS0 loglevel=3 panic=-1 tsc=reliable mitigations=off ${TICK}`],
    ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
    ...['-virtfs', `local,path=${optionValue(out)},mount_tag=out,security_model=none`],
  ];
}
