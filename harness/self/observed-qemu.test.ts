import { expect, test } from 'vitest';
import { parseTrace } from './observed-qemu.ts';

const trace = [
  '19056@1795338327.125187:handle_qmp_command mon 0x560920ff8340 req: {"execute": "device_add", "arguments": {"driver": "virtio-blk-pci", "id": "disk", "bus": "port0"}, "id": 7}',
  '19054@1795338327.300001:virtio_blk_handle_read vdev 0x55d0 req 0x7f10 sector 8 nsectors 1',
  '19054@1795338327.300100:virtio_blk_req_complete vdev 0x55d0 req 0x7f10 status 0',
  '19056@1795338328.000009:handle_qmp_command mon 0x560920ff8340 req: {"execute": "qmp_capabilities"}',
].join('\n');

test('commands, reads and completions, with the stamp to the microsecond', () => {
  expect(parseTrace(trace)).toEqual([
    { wallMs: 1795338327125.187, kind: 'command', execute: 'device_add', deviceId: 'disk' },
    { wallMs: 1795338327300.001, kind: 'read', request: '0x7f10', sector: 8, sectors: 1 },
    { wallMs: 1795338327300.1, kind: 'completed', request: '0x7f10' },
    { wallMs: 1795338328000.009, kind: 'command', execute: 'qmp_capabilities', deviceId: undefined },
  ]);
});

test('what is not one of these events is passed over: other events, QEMU complaining, a line cut off by a kill', () => {
  const noise = [
    '19054@1795338327.300050:serial_write write addr 0x00 val 0x31',
    '2026-11-22T09:05:28.982540Z qemu-system-x86_64: terminating on signal 15 from pid 19052 (timeout)',
    '19054@1795338327.300100:virtio_blk_req_comp',
    '19054@1795338327.300100:virtio_blk_handle_read vdev 0x55d0 req',
    '19056@1795338327.125187:handle_qmp_command mon 0x560920ff8340 req: {"execute": "device_a',
    '',
  ].join('\n');
  expect(parseTrace(noise)).toEqual([]);
});
