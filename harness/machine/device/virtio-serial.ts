import { plainVirtio } from './plain-virtio.ts';

export const virtioSerial = plainVirtio({
  name: 'virtio-serial',
  description: 'virtio serial adapter without ports',
  driver: 'virtio-serial-pci',
  guestModule: 'virtio_console',
});
