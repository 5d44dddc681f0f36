import { expect, test } from 'vitest';
import { placeOn } from './own-place.ts';

const functions = [
  { id: '', place: '00.0' },
  { id: 'port9', place: '09.0' },
  { id: 'scsi0', place: '09.0/00.0' },
];

test('a place is on a root bus, behind a bridge, or a LUN of a controller', () => {
  expect(placeOn({ bus: 'pcie.0', addr: '1f.2' }, functions)).toBe('1f.2');
  expect(placeOn({ bus: 'port9' }, functions)).toBe('09.0/00.0');
  expect(placeOn({ bus: 'port9', addr: '3' }, functions)).toBe('09.0/03.0');
  expect(placeOn({ bus: 'scsi0.0', addr: '3:7' }, functions)).toBe('09.0/00.0/0:3:7');
  expect(placeOn({ bus: 'scsi0.0' }, functions)).toBe('09.0/00.0');
  expect(placeOn({ bus: 'scsi1.0', addr: '0:0' }, functions)).toBeUndefined();
});
