import { networkCard } from './network-card.ts';

export const e1000e = networkCard({
  name: 'e1000e',
  description: 'Intel 82574L network card',
  driver: 'e1000e',
  guestModules: ['e1000e'],
});
