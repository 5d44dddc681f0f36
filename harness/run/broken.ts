import type { GivenUp } from '../timeline/recording.ts';

/** Why the operations that are left in a boot are not tried. */
export interface Broken {
  readonly reason: GivenUp;
  readonly detail: string;
}
