/** The standard streams of a process, or of a test. */
interface Outputs {
  readonly stdout: NodeJS.EventEmitter;
  readonly stderr: NodeJS.EventEmitter;
}

/**
 * Keeps an output that can no longer be written from ending the program: a reader that has seen enough (`| head`) is no
 * failure, and without standard error there is nobody to tell. Returns what to ask at the end: why standard output is
 * not whole, or undefined.
 */
export function tolerateLostOutput({ stdout, stderr }: Outputs): () => string | undefined {
  let lost: string | undefined;
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') lost ??= message;
  });
  stderr.on('error', () => {});
  return () => lost;
}
