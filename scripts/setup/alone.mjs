import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

/**
 * Does something in a directory while no other process of this machine does it there; others wait. The lock is a socket
 * in the abstract namespace of Linux (unix(7)): it goes when its process goes, however that ends.
 */
export async function alone(directory, onWait, action) {
  const name = `\0hotplug-bench-setup-${createHash('sha256').update(directory).digest('hex')}`;
  let lock = await listen(name);
  if (lock === undefined) onWait();
  while (lock === undefined) {
    await sleep(POLL_MS);
    lock = await listen(name);
  }
  try {
    return await action();
  } finally {
    lock.close();
  }
}

async function listen(name) {
  const server = createServer().listen(name);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
