import type { GuestImage } from '../guest/prepare-guest.ts';
import type { AcceleratorDecision } from '../qemu/accelerator.ts';
import type { Variant } from '../scenario/variant.ts';

/** A variant with everything decided that a boot needs. */
export interface ReadyVariant {
  readonly variant: Variant;
  readonly guest: GuestImage;
  readonly accelerator: AcceleratorDecision;
}
