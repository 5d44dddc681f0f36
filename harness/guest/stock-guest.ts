import { devices } from '../machine/device/index.ts';
import type { FailureWithRemedy, Result } from '../result.ts';
import { type GuestImage, prepareGuest } from './prepare-guest.ts';

/** The guest of most scenarios, with the modules of every device. Set-up calls it from the bundle. */
export function prepareStockGuest(report: (text: string) => void): Promise<Result<GuestImage, FailureWithRemedy>> {
  const modules = [...devices.values()].flatMap((device) => {
    // A device that has to be told what it is needs modules that only a scenario can know.
    const plain = device.options.safeParse({});
    return plain.success ? device.guestModules(plain.data) : [];
  });
  return prepareGuest({ source: 'stock' }, { modules }, report);
}
