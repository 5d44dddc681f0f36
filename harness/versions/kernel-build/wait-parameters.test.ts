import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isWaitParameter, kernelHasParameter } from './wait-parameters.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotplug-bench-parameters-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** A bzImage of which nothing is real but what says where the payload is (Documentation/x86/boot.rst). */
function bzImage(payload: Buffer): Buffer {
  const setup = Buffer.alloc(2 * 512);
  setup.writeUInt8(1, 0x1f1);
  setup.write('HdrS', 0x202, 'latin1');
  const gap = 64;
  setup.writeUInt32LE(gap, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(gap, 0xcc), payload, Buffer.alloc(100)]);
}

async function kernelWith(content: Buffer): Promise<{ image: string }> {
  const image = join(directory, 'bzImage');
  await writeFile(image, content);
  return { image };
}

const STRINGS = '\0\0pciehp.pciehp_poll_mode\0pciehp.button_delay_ms\0';

test('wait parameters are known in both spellings that the kernel takes', () => {
  expect(isWaitParameter('shpchp.settle_ms')).toBe(true);
  expect(isWaitParameter('shpchp.settle-ms')).toBe(true);
  expect(isWaitParameter('shpchp.settle')).toBe(false);
  expect(isWaitParameter('quiet')).toBe(false);
});

describe('in a kernel image', () => {
  test('a parameter is there when its whole name is in the kernel', async () => {
    const kernel = await kernelWith(bzImage(gzipSync(STRINGS)));
    expect(await kernelHasParameter(kernel, 'pciehp.button_delay_ms')).toBe('yes');
    expect(await kernelHasParameter(kernel, 'pciehp.button-delay-ms')).toBe('yes');
    expect(await kernelHasParameter(kernel, 'pciehp.button_delay')).toBe('no');
    expect(await kernelHasParameter(kernel, 'pciehp.settle_ms')).toBe('no');
  });

  test('nothing is said about a driver that is not built in, and about dynamic debug', async () => {
    const kernel = await kernelWith(bzImage(gzipSync(STRINGS)));
    expect(await kernelHasParameter(kernel, 'shpchp.settle_ms')).toBe('unknown');
    expect(await kernelHasParameter(kernel, 'pciehp.dyndbg')).toBe('unknown');
  });

  test.each([
    ['a file that is no bzImage', Buffer.from('no kernel')],
    ['a payload in a format that nobody knows', bzImage(Buffer.from('what is this'))],
    ['a payload that is cut off', bzImage(gzipSync(STRINGS).subarray(0, -12))],
    ['a damaged payload', bzImage(Buffer.concat([Buffer.from('1f8b', 'hex'), Buffer.alloc(50, 7)]))],
    ['a payload beyond the end of the file', bzImage(gzipSync(STRINGS)).subarray(0, 2 * 512)],
  ])('nothing is said about %s', async (_, content) => {
    expect(await kernelHasParameter(await kernelWith(content), 'pciehp.settle_ms')).toBe('unknown');
  });

  test('nothing is said about a file that is not there', async () => {
    expect(await kernelHasParameter({ image: join(directory, 'none') }, 'pciehp.settle_ms')).toBe('unknown');
  });
});

describe('beside a kernel’s modules', () => {
  test('the list of built-in drivers answers, without the image', async () => {
    await writeFile(join(directory, 'modules.builtin.modinfo'), 'pciehp.parmtype=settle_ms:uint\0a.license=GPL\0');
    const kernel = { image: join(directory, 'none'), modulesDirectory: directory };
    expect(await kernelHasParameter(kernel, 'pciehp.settle_ms')).toBe('yes');
    expect(await kernelHasParameter(kernel, 'pciehp.button_delay_ms')).toBe('no');
    expect(await kernelHasParameter(kernel, 'shpchp.settle_ms')).toBe('unknown');
  });

  test('without the list the image answers', async () => {
    const kernel = await kernelWith(bzImage(gzipSync(STRINGS)));
    const modulesDirectory = directory;
    expect(await kernelHasParameter({ ...kernel, modulesDirectory }, 'pciehp.button_delay_ms')).toBe('yes');
  });
});
