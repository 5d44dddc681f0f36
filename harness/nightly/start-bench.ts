import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { projectRoot } from '../project-root.ts';
import type { Bench } from './measure-night.ts';

const LAUNCHER = join(projectRoot, 'scripts', 'bench.mjs');

/**
 * Starts commands as a person would type them; when the signal aborts, the one that runs is told to end. What it writes is
 * kept in a file only when it ends well.
 */
export function benchStarter(signal: AbortSignal): Bench {
  return (args, outputFile) => {
    const stdout = outputFile === undefined ? 'inherit' : 'pipe';
    const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', stdout, 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A terminal sends the signal to both; a service manager may send it to this process only.
    const passOn = () => child.kill('SIGINT');
    signal.addEventListener('abort', passOn);
    return new Promise((resolve) => {
      child.once('error', () => resolve(EXIT.hostUnable));
      child.once('close', (code) => {
        signal.removeEventListener('abort', passOn);
        if (outputFile !== undefined && code === EXIT.ok) writeFileSync(outputFile, Buffer.concat(chunks));
        resolve(code ?? EXIT.interrupted);
      });
    });
  };
}
