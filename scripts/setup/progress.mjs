// What set-up is doing, on stderr: stdout belongs to the command that follows.
import { spawn } from 'node:child_process';

/** Lines of a failed command's output that a message quotes: npm gives the reason first and apt last. */
const QUOTED_FIRST = 10;
const QUOTED_LAST = 10;

/** Terminals that do not say how wide they are. */
const DEFAULT_COLUMNS = 80;

/** Says one line that stays. */
export function say(text) {
  process.stderr.write(`${startOfLine()}setup: ${text}\n`);
}

/** Says one line that the next one overwrites; only a terminal can show it. */
function sayInPassing(text) {
  if (!process.stderr.isTTY) return;
  const width = (process.stderr.columns || DEFAULT_COLUMNS) - 1;
  process.stderr.write(startOfLine() + `setup: ${text}`.slice(0, width));
}

/** Says how far something has come: in passing on a terminal, line by line in a log. */
export function sayProgress(text) {
  if (process.stderr.isTTY) sayInPassing(text);
  else say(text);
}

/** On a terminal, what was said in passing is wiped. */
function startOfLine() {
  return process.stderr.isTTY ? '\r\x1b[K' : '';
}

/** Says what is about to be done, does it, and says how long it took. */
export async function step(title, action) {
  const started = performance.now();
  say(`${title} …`);
  const result = await action();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(`${title}: ${result.ok ? 'done' : 'failed'} after ${seconds} s`);
  return result;
}

/**
 * Runs a command and shows its output in passing. Its result is `{ok: true}`, or `{ok: false, message}` with the
 * ends of its output.
 */
export function runCommand([command, ...parameters], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const output = [];
    const keep = (chunk) => {
      const lines = chunk.toString().split(/[\r\n]+/);
      output.push(...lines.filter((line) => line.trim() !== ''));
      if (output.length > 0) sayInPassing(`  ${output.at(-1)}`);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const failed = (how) => {
      const left = output.length - QUOTED_FIRST - QUOTED_LAST;
      if (left > 0) output.splice(QUOTED_FIRST, left, `[${left} lines left out]`);
      resolve({ ok: false, message: [`${[command, ...parameters].join(' ')}: ${how}`, ...output].join('\n  ') });
    };
    child.on('error', (error) => failed(error.code === 'ENOENT' ? 'no such command' : error.message));
    child.on('close', (code, signal) => (code === 0 ? resolve({ ok: true }) : failed(signal ?? `exit code ${code}`)));
  });
}
