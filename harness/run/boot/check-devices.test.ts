import { expect, test } from 'vitest';
import { differences } from './check-devices.ts';

test('what only QEMU or only the guest has is named, with its id where it has one', () => {
  const guest = (place: string) => ({ place, driver: '-' });
  expect(differences([{ id: 'disk', place: '02.0/00.0' }], [guest('02.0/00.0')])).toEqual([]);
  expect(
    differences(
      [
        { id: 'disk', place: '02.0/00.0' },
        { id: '', place: '03.0' },
      ],
      [guest('04.0')],
    ),
  ).toEqual([
    'QEMU has disk at 02.0/00.0, and the guest has nothing there',
    'QEMU has a device at 03.0, and the guest has nothing there',
    'the guest has a device at 04.0, and QEMU has none there',
  ]);
});

test('a place that is there on several root buses has to be there as often', () => {
  const twice = [
    { id: 'a', place: '00.0' },
    { id: 'b', place: '00.0' },
  ];
  expect(differences(twice, [{ place: '00.0', driver: '-' }])).toHaveLength(1);
});
