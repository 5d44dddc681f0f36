import ora from 'ora';
import { formatDuration, formatMs } from '../../report/format.ts';
import type { Progress } from '../run/perform-plan.ts';
import { isLive, wantsColour } from './output.ts';

/** What a person sees while a run goes on: on standard error, so that standard output stays clean. */
export interface ProgressView {
  /** A line about preparation. */
  readonly note: (text: string) => void;
  readonly update: (progress: Progress) => void;
  readonly close: () => void;
}

/** A live line with the time left on a terminal, a line per boot elsewhere. */
export function openProgress(): ProgressView {
  const live = isLive(process.stderr);
  const color = wantsColour(process.stderr) ? 'cyan' : false;
  // discardStdin would take over the terminal's input and with it Ctrl-C.
  const spinner = ora({ stream: process.stderr, discardStdin: false, isEnabled: live, color });
  let firstBootMs = 0;
  let where = '';
  return {
    note: (text) => {
      if (live) spinner.start(text);
      else process.stderr.write(`${text}\n`);
    },
    update: (progress) => {
      if (progress.kind === 'boot') {
        const { planned, index, total } = progress;
        if (index === 0) firstBootMs = Date.now();
        const left = timeLeft(firstBootMs, index, total);
        where = `boot ${index + 1} of ${total}: ${planned.variant.scenario}/${planned.variant.name}${left}`;
        if (live) spinner.start(where);
        else process.stderr.write(`${where}\n`);
      } else if (live) {
        const { operation, outcome, latencyMs } = progress.sample;
        spinner.text = `${where}: ${operation} ${latencyMs === undefined ? outcome : `${formatMs(latencyMs)} ms`}`;
      }
    },
    close: () => {
      spinner.stop();
    },
  };
}

/** Time left, from how long boots have taken so far: the plan is interleaved, so the mean of the past fits the rest. */
function timeLeft(startedMs: number, done: number, total: number): string {
  if (done === 0) return '';
  return ` (about ${formatDuration(((Date.now() - startedMs) / done) * (total - done))} left)`;
}
