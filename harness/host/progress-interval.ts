/** A terminal overwrites its line of progress; a log keeps every one. Progress goes to stderr. */
export const PROGRESS_INTERVAL_MS = process.stderr.isTTY ? 1000 : 30_000;
