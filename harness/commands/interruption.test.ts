import { afterEach, expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupts, listenForUncaught } from './interruption.ts';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGALRM', 'SIGUSR2', 'SIGXCPU', 'SIGVTALRM'] as const;
const SIGNALS = [...ENDING, 'SIGIO', 'SIGPWR', 'SIGXFSZ'] as const;
const before = SIGNALS.map((signal) => process.listeners(signal));

afterEach(() => {
  vi.restoreAllMocks();
  for (const [index, signal] of SIGNALS.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.off(signal, listener);
    }
  }
});

test.each(ENDING)('%s asks to stop, so that QEMU is ended, too', (name) => {
  vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const { signal } = listenForInterrupts(() => {});
  process.kill(process.pid, name);
  return vi.waitFor(() => expect(signal.aborted).toBe(true));
});

test('a file that grows beyond the limit of the user is an error of the write, not the end of the process', () => {
  const { signal } = listenForInterrupts(() => {});
  process.emit('SIGXFSZ');
  expect(signal.aborted).toBe(false);
});

test('the first signal asks to stop, the echo of it through npm is ignored, a later one ends the process', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  const onInterrupt = vi.fn();
  const { signal } = listenForInterrupts(onInterrupt);
  process.emit('SIGINT');
  expect(signal.aborted).toBe(true);
  now.mockReturnValue(200);
  process.emit('SIGINT');
  expect(exit).not.toHaveBeenCalled();
  now.mockReturnValue(1500);
  process.emit('SIGTERM');
  expect(exit).toHaveBeenCalledWith(EXIT.interrupted);
  expect(onInterrupt).toHaveBeenCalledTimes(1);
});

test('the first uncaught exception counts; afterwards they end the process again', async () => {
  const listening = process.listenerCount('uncaughtException');
  const uncaught = listenForUncaught();
  const [own] = process.listeners('uncaughtException').slice(-1);
  own?.(new Error('first'), 'uncaughtException');
  own?.(new Error('second'), 'uncaughtException');
  await expect(uncaught.first).rejects.toThrow('first');
  uncaught.stopListening();
  expect(process.listenerCount('uncaughtException')).toBe(listening);
});
