import { createServer } from 'node:net';

/** What was asked of a server in place of QEMU's gdb server, without the acknowledgements. */
export interface TestGdbServer {
  readonly asked: readonly string[];
}

/** Listens on a socket as QEMU's gdb server does, and says `OK` to everything. For tests. */
export async function testGdbServer(path: string): Promise<TestGdbServer> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      for (const [, packet = ''] of String(data).matchAll(/\$([^#]*)#/g)) {
        asked.push(packet);
        socket.write('+$OK#9a');
      }
    });
    socket.on('close', () => server.close());
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return { asked };
}
