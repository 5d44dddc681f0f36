import { expect, test } from 'vitest';
import { type DescribedVariant, versionedMachines } from './versioned-machines.ts';

const variant = (
  kernel: DescribedVariant['guest']['kernel'],
  rest: Partial<DescribedVariant> = {},
): DescribedVariant => ({
  scenario: 's',
  name: 'v',
  topology: 'shpc-bridge',
  topology_options: {},
  guest: { kernel },
  accelerator: { used: 'tcg' },
  ...rest,
});
const only = (described: DescribedVariant, hostQemu = '') => versionedMachines([described], hostQemu)[0];

test.each([
  ['Debian linux-image-6.1.0-49-amd64 6.1.176-1', '6.1.0-49-amd64', '6.1.176'],
  ['Debian linux-image-7.2.13+deb14-amd64 7.2.13-1', '7.2.13+deb14-amd64', '7.2.13'],
  ['Debian linux-image-6.12.95+bpo-amd64 6.12.95-1~bpo12+1', '', '6.12.95'],
  ['linux-source-6.1 6.1.176-1 + hotplug-bench patches', '6.1.176', '6.1.176'],
  ['/home/me/linux 6.1/bzImage (6.12.0-rc2-me)', '6.12.0-rc2-me', '6.12.0-rc2'],
  ['host kernel 5.10.0-32-amd64', '5.10.0-32-amd64', '5.10.0'],
])('the kernel of %s', (description, release, number) => {
  expect(only(variant({ source: 'custom', description, release }))?.kernel.number).toBe(number);
});

test('QEMU is the own one, or that of the host', () => {
  const line = 'QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2~bpo12+1)';
  expect(only(variant({ description: '' }), line)?.qemu).toMatchObject({
    number: '10.0.2',
    texts: ['10.0', '10.0.2', line],
  });
  const own = variant({ description: '' }, { qemu: '/opt/qemu', qemu_version: 'QEMU emulator version 11.1.3' });
  expect(only(own, line)?.qemu).toMatchObject({ number: '11.1.3', key: '/opt/qemu QEMU emulator version 11.1.3' });
});

test('what is unknown of a version is not made up', () => {
  expect(only(variant({ description: 'mine' }), 'none')).toMatchObject({
    kernel: { number: '', texts: ['mine', 'mine, '] },
    qemu: { number: '', texts: ['none'] },
  });
});

test('two images of one name are two kernels, and a patched kernel is another machine than an unpatched', () => {
  const [a, b] = ['1', '2'].map((sha256) => only(variant({ source: 'custom', description: 'x', sha256 })));
  expect(a?.kernel.key).not.toBe(b?.kernel.key);
  const [patched, plain] = ['patched', 'unpatched'].map((source) => only(variant({ source, description: 'x' })));
  expect(patched?.settings.get('kernel')).toBe('patched');
  expect([...(patched?.settings ?? [])]).not.toEqual([...(plain?.settings ?? [])]);
});
