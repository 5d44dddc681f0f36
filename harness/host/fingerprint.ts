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
  const [version, governor] = await Promise.all([
    execa(qemu, ['--version'], { reject: false }),
    readFile(GOVERNOR, 'utf8').catch(() => 'none'),
  ]);
  return {
    ...hostIdentity(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    qemu: String(version.stdout ?? '').split('\n')[0] ?? '',
    governor: governor.trim(),
    load: loadavg()[0] ?? 0,
  };
}
