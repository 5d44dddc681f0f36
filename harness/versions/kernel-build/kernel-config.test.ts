import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions, describeLostOptions, fragmentFor, lostOptions } from './kernel-config.ts';

const CONFIG = `#
# Linux/x86 6.1.192 Kernel Configuration
#
CONFIG_PCI=y
CONFIG_LOCALVERSION="-hotplug-bench"
# CONFIG_VFIO_NOIOMMU is not set
CONFIG_HZ=250
`;

test('options that Kconfig kept are not reported, and comments are no options', () => {
  const fragment = '# PCI: CONFIG_NONE=y would be an option\n\nCONFIG_PCI=y\nCONFIG_LOCALVERSION="-hotplug-bench"\n';
  expect(lostOptions(fragment, CONFIG)).toEqual([]);
});

test('an option that is not there, and one with another value, are reported with what is there', () => {
  const lost = lostOptions('CONFIG_HOTPLUG_PCI_SHPC=y\nCONFIG_HZ=1000\nCONFIG_VFIO_NOIOMMU=y\n', CONFIG);
  expect(lost).toEqual([
    { wanted: 'CONFIG_HOTPLUG_PCI_SHPC=y' },
    { wanted: 'CONFIG_HZ=1000', got: 'CONFIG_HZ=250' },
    { wanted: 'CONFIG_VFIO_NOIOMMU=y', got: '# CONFIG_VFIO_NOIOMMU is not set' },
  ]);
  expect(describeLostOptions(lost)).toContain('CONFIG_HOTPLUG_PCI_SHPC=y: not in the configuration');
});

test('an option that is to be off may be off or not there, but not on', () => {
  expect(lostOptions('# CONFIG_VFIO_NOIOMMU is not set\n# CONFIG_NO_SUCH is not set\n', CONFIG)).toEqual([]);
  expect(lostOptions('# CONFIG_PCI is not set', CONFIG)).toEqual([
    { wanted: '# CONFIG_PCI is not set', got: 'CONFIG_PCI=y' },
  ]);
});

test('a name that begins like another is not taken for it', () => {
  expect(lostOptions('CONFIG_PC=y', CONFIG)).toEqual([{ wanted: 'CONFIG_PC=y' }]);
});

test('whatever the options are, the lost ones are those that were left out', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(names, fc.infiniteStream(fc.boolean()), (options, keeps) => {
      const lines = options.map((name) => ({ line: `CONFIG_${name}=y`, kept: keeps.next().value }));
      const finished = lines.filter(({ kept }) => kept).map(({ line }) => line);
      const lost = lostOptions(lines.map(({ line }) => line).join('\n'), finished.join('\n'));
      expect(lost.map(({ wanted }) => wanted)).toEqual(lines.filter(({ kept }) => !kept).map(({ line }) => line));
    }),
  );
});

test('an option that a version does not have is not asked of it, and everything else is', () => {
  const fragment =
    '# About CONFIG_VIRTIO_IOMMU\nCONFIG_VIRTIO_IOMMU=y\nCONFIG_VIRTIO_IOMMU_MORE=y\nCONFIG_PREEMPT_VOLUNTARY=y\n';
  expect(fragmentFor(fragment, '6.1.192-2')).toBe(fragment);
  expect(fragmentFor(fragment, '6.12.95-1~bpo12+1')).toBe(fragment);
  expect(fragmentFor(fragment, '5.10.223-1')).toBe(fragment.replace('CONFIG_VIRTIO_IOMMU=y\n', ''));
  expect(fragmentFor(fragment, '7.2.13-1')).toBe(fragment.replace('PREEMPT_VOLUNTARY', 'PREEMPT_LAZY'));
});

test('versions are compared number by number, and a revision of Debian’s does not count', () => {
  expect(compareVersions('6.1.192-2', '6.12.117-1')).toBeLessThan(0);
  expect(compareVersions('6.12', '6.12.95-1~bpo12+1')).toBeLessThan(0);
  expect(compareVersions('7.2.13-1', '6.12')).toBeGreaterThan(0);
  expect(compareVersions('6.1.192-2', '6.1.192-1')).toBe(0);
  expect(compareVersions('6.12.0', '6.12')).toBe(0);
});

test('the order is that of the numbers, whatever they are', () => {
  const parts = fc.array(fc.nat(300), { minLength: 3, maxLength: 3 });
  const asNumber = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum * 1000 + number, 0);
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const compared = compareVersions(one.join('.'), other.join('.'));
      expect(Math.sign(compared)).toBe(Math.sign(asNumber(one) - asNumber(other)));
    }),
  );
});
