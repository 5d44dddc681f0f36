import type { LoadStep } from '../variant.ts';
import type { StepContext } from './perform-steps.ts';

/** How many CPUs are kept busy at this moment. A load within a load comes on top of it. */
interface Busy {
  readonly guestCpus: number;
  readonly hostCpus: number;
}

const IDLE: Busy = { guestCpus: 0, hostCpus: 0 };

/** Starts busy processes in the guest and beside it. Gives what ends them again. */
export async function keepBusy(
  { guestCpus, hostCpus }: LoadStep,
  { machine, broken, breakWith, recorder, startHostLoad }: StepContext,
): Promise<() => Promise<void>> {
  const session = machine();
  if (!session || broken()) return async () => {};
  const before = recorder.events.findLast((event) => event.source === 'harness' && event.event === 'load');
  const outer: Busy = before?.source === 'harness' && before.event === 'load' ? before : IDLE;

  const loads: { kill(): Promise<unknown> }[] = [];
  for (let cpu = 0; cpu < hostCpus; cpu += 1) {
    const started = await startHostLoad();
    if (started.ok) loads.push(started.value);
    else breakWith(started.failure);
  }
  const all: Busy = { guestCpus: outer.guestCpus + guestCpus, hostCpus: outer.hostCpus + hostCpus };
  const answers = await session.ask('load', { cpus: String(all.guestCpus) });
  if (!answers?.some(({ kind }) => kind === 'done')) breakWith('the guest did not start its load');
  recorder.record({ source: 'harness', event: 'load', ...all });
  return async () => {
    await Promise.all(loads.map((load) => load.kill()));
    if (!broken()) await session.ask('load', { cpus: String(outer.guestCpus) });
    recorder.record({ source: 'harness', event: 'load', guestCpus: outer.guestCpus, hostCpus: outer.hostCpus });
  };
}
