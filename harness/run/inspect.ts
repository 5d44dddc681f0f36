import { askJournal } from './observe.ts';
import type { Session } from './session.ts';

/** Modules of the guest kernel that an inspection needs where they are not built in: VFIO for PCI, over an IOMMU. */
export const INSPECTION_MODULES: readonly string[] = ['vfio_pci', 'vfio_iommu_type1'];

/** Taking devices from their drivers and giving them back takes a second under TCG, in which the guest says nothing. */
const CLAIM_SILENCE_MS = 30_000;

/**
 * Has the guest list its IOMMU groups and claim devices for userspace: the first of `places` while the others stay with
 * their kernel drivers, then the first two for two drivers at the same time. What it finds is read from the recording
 * later; here it only matters whether the guest is as it was before. Undefined if it is, otherwise what is not.
 */
export async function inspectIommuGroups(session: Session, places: readonly string[]): Promise<string | undefined> {
  const [first, second] = places;
  if (first === undefined) throw new Error('an unchecked scenario inspects where nothing is plugged');
  const claims = second === undefined ? [first] : [first, `${first},${second}`];
  if (!(await session.ask('inventory'))) return 'the guest did not list its PCI functions';
  for (const claimed of claims) {
    const answers = await session.ask('claim', { places: claimed }, CLAIM_SILENCE_MS);
    if (!answers) return `the guest did not answer while ${claimed} was handed to userspace`;
    const stuck = answers.find(({ kind, fields }) => kind === 'returned' && fields.reason !== undefined);
    if (stuck) return `${stuck.fields.place} did not get its kernel driver back: ${stuck.fields.reason}`;
  }
  // What the guest has noted until here is no part of the next operation. Without a tie of clocks: that is for those.
  await askJournal(session, false);
  return undefined;
}
