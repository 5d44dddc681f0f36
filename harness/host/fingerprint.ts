import { readFile } from 'node:fs/promises';
import { cpus, hostname, loadavg, release, totalmem } from 'node:os';
import { execa } from 'execa';

/** What has to be the same for two runs to be comparable, and what may explain it when they differ. */
export interface HostFingerprint {
  readonly hostname: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  /** First line of `qemu-system-x86_64 --version`. */
  readonly qemu: string;
  /** Revision of the CPU's microcode, as the kernel writes it (0x1d0003); absent where it says none. */
  readonly microcode?: string;
  /** cpufreq governor of CPU 0; `none` where the host has no frequency scaling. */
  readonly governor: string;
  /** One-minute load average before the run. */
  readonly load: number;
}

/** The part of it that no update changes: what tells one host from another. */
export function hostIdentity(): Pick<HostFingerprint, 'hostname' | 'cpuModel' | 'cores'> {
  return { hostname: hostname(), cpuModel: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length };
}

const GOVERNOR = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';

export async function hostFingerprint(qemu: string): Promise<HostFingerprint> {
  const [version, governor, cpuInfo] = await Promise.all([
    qemuVersion(qemu),
    readFile(GOVERNOR, 'utf8').catch(() => 'none'),
    readFile('/proc/cpuinfo', 'utf8').catch(() => ''),
  ]);
  const microcode = microcodeIn(cpuInfo);
  return {
    ...hostIdentity(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    qemu: version,
    ...(microcode !== undefined && { microcode }),
    governor: governor.trim(),
    load: loadavg()[0] ?? 0,
  };
}

/** First line of a QEMU binary's `--version`; empty when it cannot be run. */
export async function qemuVersion(qemu: string): Promise<string> {
  const { stdout } = await execa(qemu, ['--version'], { reject: false });
  return String(stdout ?? '').split('\n')[0] ?? '';
}

/** The revision of the first CPU: the kernel loads the same for all. */
export function microcodeIn(cpuInfo: string): string | undefined {
  return /^microcode\s*:\s*(\S+)$/m.exec(cpuInfo)?.[1];
}
