import { networkCard } from './network-card.ts';

export const virtioNet = networkCard({
  name: 'virtio-net',
  description: 'virtio network card',
  driver: 'virtio-net-pci',
  guestModules: ['virtio_pci', 'virtio_net'],
});
