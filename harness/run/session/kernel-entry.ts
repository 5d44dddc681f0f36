import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../result.ts';
import type { Session } from './session.ts';

/**
 * Where the 32-bit part of a bzImage begins, which the firmware's boot loader jumps to when it has done its work (code32_start,
 * Documentation/arch/x86/boot.rst). Nothing of SeaBIOS lies there. A kernel that is loaded otherwise never executes this
 * address, and its firmware is not told from its decompression.
 */
const KERNEL_ENTRY = 0x10_0000;

/** What QEMU's gdb server sends when a command is done. */
const DONE = /\$OK#9a/;

/** Set in a machine that stands still. */
export interface Breakpoint {
  /** Once the machine has been halted there, before it goes on. */
  remove(): Promise<void>;
}

/**
 * Has QEMU halt a machine, which stands still now, when its guest comes to its kernel's entry. A breakpoint of QEMU's gdb
 * server (gdbstub.c; a hardware breakpoint changes none of the guest's memory) halts it exactly there, and takes no virtual
 * time. QMP tells that it has happened (STOP): since QEMU 8.1 the gdb server does not, unless it was asked to go on itself.
 */
export async function haltAtKernelEntry({
  execute,
  newDirectory,
}: Pick<Session, 'execute' | 'newDirectory'>): Promise<Result<Breakpoint, string>> {
  const path = join(await newDirectory(), 'gdb');
  const served = await execute(hmp(`gdbserver unix:${path},server=on,wait=off`));
  if (!served.ok) return served;
  const socket = createConnection(path);
  socket.setEncoding('latin1');
  const error = await once(socket, 'connect').then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  if (error !== undefined) return fail(`QEMU's gdb server: ${error}; QEMU says ${JSON.stringify(served.value)}`);
  // The connection breaks when QEMU dies; how it died is recorded where it was started (start-session.ts).
  socket.on('error', () => undefined);
  const isSet = await request(socket, `Z1,${KERNEL_ENTRY.toString(16)},1`);
  if (!isSet) return fail("QEMU's gdb server closed the connection");
  const remove = async () => {
    await request(socket, `z1,${KERNEL_ENTRY.toString(16)},1`);
    socket.destroy();
    await execute(hmp('gdbserver none'));
  };
  return ok({ remove });
}

function hmp(line: string) {
  return { execute: 'human-monitor-command', arguments: { 'command-line': line } };
}

/** A packet of the remote serial protocol: `$`, what is said, `#`, and the sum of its bytes in hexadecimal. */
function request(socket: Socket, text: string): Promise<boolean> {
  const sum = [...text].reduce((total, character) => total + character.charCodeAt(0), 0) % 256;
  const done = said(socket, DONE);
  socket.write(`$${text}#${sum.toString(16).padStart(2, '0')}`);
  return done;
}

/** Whether this was said, and is acknowledged, before the other side was gone. */
function said(socket: Socket, pattern: RegExp): Promise<boolean> {
  let heard = '';
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    const listen = (text: string) => {
      heard += text;
      if (!pattern.test(heard)) return;
      socket.off('data', listen).off('close', gone);
      socket.write('+');
      resolve(true);
    };
    socket.on('data', listen).on('close', gone);
  });
}
