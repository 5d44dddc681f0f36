import { readFileSync, writeFileSync } from 'node:fs';
import { RESOURCE_FILE, type ResourceUse } from './bench-process.ts';

/**
 * Peak resident memory by the kernel's own record. `process.resourceUsage().maxRSS` would count the memory of the
 * process that started this one: Linux carries ru_maxrss over fork and exec (fs/exec.c exec_mmap()), VmHWM it does not.
 */
function peakBytes(): number {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}

// Loaded with `node --import` before the program that is to be measured.
const file = process.env[RESOURCE_FILE];
if (file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    const use: ResourceUse = { cpuMs: (user + system) / 1e3, peakBytes: peakBytes() };
    writeFileSync(file, JSON.stringify(use));
  });
}
