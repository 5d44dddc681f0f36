import { setTimeout as delay } from 'node:timers/promises';
import pDefer from 'p-defer';
import { EXIT } from '../exit-codes.ts';

/**
 * A signal this soon after the first is the same wish: npm passes on to us the Ctrl-C that the terminal has already sent
 * to both. One that comes later is a person who does not want to wait.
 */
const SAME_WISH_MS = 1_000;

/** How long work that was told to stop is waited for. Ending a VM takes milliseconds, and 2 s when QEMU hangs. */
const GRACE_MS = 4_000;

/**
 * Signals that end a process by default, and that somebody may send (signal(7)): a process that ends at once would leave QEMU
 * running. SIGUSR1 is Node's, and opens its debugger.
 */
const ENDING = [
  ...['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGALRM', 'SIGUSR2', 'SIGXCPU', 'SIGVTALRM', 'SIGIO', 'SIGPWR'],
] as const satisfies readonly NodeJS.Signals[];

/** Aborts when the user, or whoever runs this process, wants it to end; a second signal ends it at once. */
export function listenForInterrupts(onInterrupt: () => void): AbortController {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const interrupt = () => {
    if (firstMs === undefined) {
      firstMs = performance.now();
      onInterrupt();
      controller.abort();
    } else if (performance.now() - firstMs > SAME_WISH_MS) {
      // QEMU goes with this process; what is left of its private directory, with the next start.
      process.exit(EXIT.interrupted);
    }
  };
  for (const signal of ENDING) process.on(signal, interrupt);
  // What is too large for the user's limit is then said by the write (EFBIG), and QEMU is ended as after any failure.
  process.on('SIGXFSZ', () => {});
  return controller;
}

/** What `work` gives, or undefined when it goes on some seconds after an interrupt: a download knows none. */
export async function unlessInterrupted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return Promise.race([work, interrupted.then(() => delay(GRACE_MS, undefined, { ref: false }))]);
}

/** Exceptions that nobody caught, such as one in the handler of a socket. */
export interface Uncaught {
  /** Rejects with the first of them. */
  readonly first: Promise<never>;
  /** From here on they end the process, as they do by default. */
  stopListening(): void;
}

/** From here on, an uncaught exception does not end the process: QEMU has to be ended before. */
export function listenForUncaught(): Uncaught {
  const first = pDefer<never>();
  const onUncaught = (error: unknown) => first.reject(error);
  process.on('uncaughtException', onUncaught);
  return { first: first.promise, stopListening: () => process.off('uncaughtException', onUncaught) };
}
