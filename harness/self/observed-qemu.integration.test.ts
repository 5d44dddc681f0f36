import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { findQemu } from '../host/requirements.ts';
import { projectRoot } from '../project-root.ts';
import { openRegistry } from '../qemu/process-registry.ts';
import { connectQmp } from '../qemu/qmp-client.ts';
import { readObservation, writeObservedQemu } from './observed-qemu.ts';
import { observedOperations } from './operation-differences.ts';

const LIMITS = { timeoutMs: 20_000 };
/** A USB device needs no guest to let go of it: it is deleted at once. */
const MACHINE = ['-nodefaults', '-display', 'none', '-machine', 'q35', '-accel', 'tcg', '-device', 'qemu-xhci', '-S'];

test('a QEMU started by its observed name is seen from outside: its commands, its deletions, from first to last', async () => {
  const opened = await openRegistry();
  if (!opened.ok) throw new Error(opened.failure.message);
  const registry = opened.value;
  try {
    const directory = await registry.socketDirectory('observer');
    const socket = join(directory, 'own');
    const qemu = findQemu() ?? '';
    const command = await writeObservedQemu(directory, qemu);
    const program = join(projectRoot, 'build', 'self-observer.js');
    const observer = await registry.start({ command: process.execPath, args: [program, directory] });
    const channel = `socket,path=${socket},server=on,wait=off,id=own`;
    const args = [...MACHINE, '-chardev', channel, '-mon', 'chardev=own,mode=control'];
    const machine = await registry.start({ command, args });
    const heard: string[] = [];
    const monitor = await connectQmp({
      ...{ path: socket, ...LIMITS, onTraffic: () => {}, onClose: () => {} },
      onEvent: ({ event }) => heard.push(event),
    });
    if (!observer.ok || !machine.ok || !monitor.ok) throw new Error('the machine or its observer did not start');
    const { pid, exited } = machine.value;
    // A monitor hears of events once it has agreed on capabilities; in a real boot there are seconds for that.
    await vi.waitFor(() => expect(readFileSync(join(directory, `${pid}.jsonl`), 'utf8')).toContain('"return"'), {
      timeout: LIMITS.timeoutMs,
    });

    await monitor.value.execute({ execute: 'device_add', arguments: { driver: 'usb-tablet', id: 'tablet' } }, LIMITS);
    await monitor.value.execute({ execute: 'device_del', arguments: { id: 'tablet' } }, LIMITS);
    await vi.waitFor(() => expect(heard).toContain('DEVICE_DELETED'), { timeout: LIMITS.timeoutMs });
    await monitor.value.execute({ execute: 'quit', arguments: {} }, LIMITS);
    await exited;
    expect(await observer.value.kill()).toMatchObject({ code: 0 });

    const observation = await readObservation(directory, pid);
    const commands = observation?.trace.flatMap((event) => (event.kind === 'command' ? [event.execute] : []));
    expect(commands).toEqual(expect.arrayContaining(['device_add', 'device_del']));
    const [unplug, ...others] = observation ? observedOperations(observation.trace, observation) : [];
    expect(others).toEqual([]);
    expect(unplug).toMatchObject({ operation: 'unplug', deviceId: 'tablet' });
    // QEMU makes the event after it has read the command and before anybody hears of it: on one time line.
    expect(unplug?.qemuEndMs).toBeGreaterThan(unplug?.startMs ?? Number.POSITIVE_INFINITY);
    expect(unplug?.endMs).toBeGreaterThan(unplug?.qemuEndMs ?? Number.POSITIVE_INFINITY);
  } finally {
    await registry.close();
  }
});
