/** How each figure was obtained, and what it does and does not hold; paragraphs by the letter in the table. */
export const NOTES: Readonly<Record<string, string>> = {
  a: `Wall time of the whole process, from before its start to its exit, seen by the process that started it; 10 runs after one that is not counted. The npm row is what a user types: npm's own start is in it.`,
  b: `The same, for node scripts/setup.mjs when everything is there.`,
  c: `process.cpuUsage, user and system, of the process that performs a run of one ACPI boot with 20 cycles; the first row is all of the run divided by its operations. In it: starting and ending QEMU, both protocols, echoes, journal, judging, every file written, garbage collection, compilation of JavaScript. Not in it: QEMU, which is another process; waiting, which takes no CPU; the start of Node and the guest's preparation, once a run.`,
  d: `The same run in a bench process of its own, to its exit. Memory is VmHWM of /proc/self/status; ru_maxrss would count the parent's memory, too. Its CPU time has the start of Node and all preparation in it.`,
  e: `An observer in a process of its own listens to a second monitor of the same QEMU and shares no code with the harness's QMP client; it stamps with the same CLOCK_MONOTONIC. Start: QEMU's trace event handle_qmp_command, when QEMU has read the command. End of an unplug: DEVICE_DELETED with that id on the second monitor. End of a plug: QEMU's trace event virtio_blk_req_complete of the first read of one sector, which is the agent's test; the partition scan reads whole pages. Trace stamps are wall clock to 1 us, tied to the monotonic clock before and after each boot.
What to expect: the start is always positive, since a recorded latency begins before the command is written and QEMU's monitor thread has to wake up to read it. The end of an unplug is a race of two processes that one event wakes: the second is later by up to a millisecond when two cores are busy, and it may be either. The end of a plug has two parts that nearly cancel. The guest learns of the completed read by an interrupt and stamps after it: later. And its time is placed too early, within the stated uncertainty: an echo takes longer into the guest (the UART's interrupt, the kernel's worker, the agent's wake-up) than out of it, and the estimate takes both ways to be equal. With every byte of the UART traced as well, under TCG on a two-core host that was busy, this error was 0.1 ms in the median of 51 bursts of echoes and 1.0 ms at the most.`,
  f: `Half the distance between the bounds that the echoes put on the offset of the two clocks (harness/timeline/clock.ts), over the boots of the observed run.`,
  g: `Readings of one end that do not depend on each other. Marker arrived: when the line was read from the marker channel. Guest time aligned: what the latency is taken from. QEMU's stamp: the event's own timestamp, wall clock to 1 us; the difference is what an unplug's latency has in it of delivery and of the harness waking up.`,
  h: `Wall time of the whole process as in [a], for bench report, 3 runs after one that is not counted and that leaves a cache of the history; of runs that nobody made: one of 24 variants with recordings of real boots, and one night each for ten years of 24 variants.`,
};

/** A paragraph for a terminal: its letter before it, lines of at most so many columns. */
const NOTE_COLUMNS = 118;
const INDENT = '     ';

export function noteLines(): readonly string[] {
  return Object.entries(NOTES).flatMap(([letter, text]) => {
    const [first = '', ...others] = text
      .split('\n')
      .flatMap((paragraph) => wrap(paragraph, NOTE_COLUMNS - INDENT.length));
    return [`[${letter}]`.padEnd(INDENT.length) + first, ...others.map((line) => INDENT + line)];
  });
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
