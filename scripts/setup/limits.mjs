/** Exit code of all commands: this host cannot run the harness as it is, and the message says what to do. */
export const HOST_CANNOT_RUN = 4;

/** Exit code of all commands: a defect in the harness itself. */
export const DEFECT = 70;

/** What an operating system answers for reasons that are its own, whatever it was asked: of these, a stack trace tells nothing. */
export const HOST_CODES = new Set([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO'],
  ...['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'],
]);

/** False when HOTPLUG_BENCH_NO_INSTALL=1 forbids set-up to install anything, from npm or from Debian. */
export function mayInstall() {
  return process.env.HOTPLUG_BENCH_NO_INSTALL !== '1';
}
