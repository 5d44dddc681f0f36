import type { LossKind } from '../vocabulary.ts';

/** What a kind of loss is called, what has happened, and what it touches. */
interface LossKindText {
  readonly meaning: string;
  readonly touches: string;
}

/** A new kind is a name in the vocabulary, a row here, and the place that finds it (losses.ts). */
export const LOSS_KINDS: Readonly<Record<LossKind, LossKindText>> = {
  'agent-lines': {
    meaning: "the numbers of the guest agent's messages have a gap: messages were lost on their way",
    touches: 'phases, where the messages were of the journal; the tie of the clocks, where they were echoes',
  },
  'kernel-lines': {
    meaning: "the sequence of the guest's kernel log has a gap: its buffer was overwritten, or messages were lost",
    touches: 'phases',
  },
  uevents: {
    meaning:
      'the guest agent keeps a limited number of uevents, and the oldest were overwritten before they were asked for',
    touches: 'phases',
  },
  'uevent-socket': {
    meaning: "the guest kernel had no room for uevents in the agent's socket (ENOBUFS) and dropped them",
    touches: 'phases, and whether a device is found at all',
  },
  'garbled-lines': {
    meaning: 'lines from the guest agent arrived damaged',
    touches: 'what the lines said; their numbers are missing in agent-lines, too',
  },
  'garbled-requests': {
    meaning: 'requests arrived in the guest damaged, and were not carried out',
    touches: 'what was asked for: a watch, a journal, echoes',
  },
  'window-unread': {
    meaning: "the guest's journal could not be read from its memory, and was asked for over the serial line",
    touches: 'nothing, where it came whole over the line; otherwise its numbers are missing in agent-lines',
  },
  'module-failed': {
    meaning: 'the guest kernel did not load a module',
    touches: 'plugs of devices that need it: they fail at once',
  },
  'clock-contradiction': {
    meaning: "within a burst of echoes the guest's clock and the host's contradict each other: one of them has jumped",
    touches: 'latencies that end in the guest, and phases: their clock uncertainty is that of the jump',
  },
  'clock-rate': {
    meaning: "the guest's clock runs at another rate than the host's, by more than 1 %",
    touches: 'everything from then on: waits in the guest last as much longer or shorter, and the boot is given up',
  },
  'timer-rate': {
    meaning:
      "the guest's kernel has set its timer's rate wrongly, by more than 0.1 %: it was not run while it measured",
    touches: 'waits in the guest, which last as much longer or shorter in the whole boot',
  },
  'backend-kept': {
    meaning: "QEMU did not remove a device's backend after its unplug",
    touches: 'later plugs of the same id, which QEMU may refuse',
  },
};

/** The kind of this name; undefined for one that this version does not know. */
export function lossKind(name: string): LossKind | undefined {
  return Object.hasOwn(LOSS_KINDS, name) ? (name as LossKind) : undefined;
}
