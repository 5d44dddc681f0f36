import { plainVirtio } from './plain-virtio.ts';

export const virtioRng = plainVirtio({
  name: 'virtio-rng',
  description: 'virtio entropy source',
  driver: 'virtio-rng-pci',
  guestModule: 'virtio_rng',
});
