import { plainVirtio } from './plain-virtio.ts';

export const virtioBalloon = plainVirtio({
  name: 'virtio-balloon',
  description: 'virtio memory balloon, of which QEMU allows one at a time',
  driver: 'virtio-balloon-pci',
  guestModule: 'virtio_balloon',
});
