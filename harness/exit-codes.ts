/** Exit codes of every command. They pass through `npm run` unchanged. */
export const EXIT = {
  ok: 0,
  regression: 1,
  usage: 2,
  samplesFailed: 3,
  hostUnable: 4,
  noBaseline: 5,
  undecided: 6,
  /** EX_SOFTWARE of sysexits.h: Node's own 1 for an exception would read as a regression. */
  defect: 70,
  /** What a shell gives a command that SIGINT ended. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code says. The help prints it. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'fine',
  regression: 'a comparison found a regression',
  usage: 'bad usage or scenario; nothing was started',
  samplesFailed: 'it ran, but samples failed, or variants had to be left out',
  hostUnable: 'this host cannot run it: no QEMU, no guest, no KVM where it was asked for, no place for results',
  noBaseline: 'there is no baseline where one was required',
  undecided: 'a comparison could not have found the change asked for; --accept-undecided makes it 0',
  defect: 'a defect in the harness itself',
  interrupted: 'interrupted; results so far are kept',
};
