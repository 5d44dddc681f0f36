/** Exit code of all commands: this host cannot run the harness as it is, and the message says what to do. */
export const HOST_CANNOT_RUN = 4;

/** False when HOTPLUG_BENCH_NO_INSTALL=1 forbids set-up to install anything, from npm or from Debian. */
export function mayInstall() {
  return process.env.HOTPLUG_BENCH_NO_INSTALL !== '1';
}
