/**
 * Why there is no such version. `absent`: the suite can be looked at and does not have it, so that whoever asked for it
 * has to ask for another. `unavailable`: it cannot be had here and now.
 */
export interface VersionFailure {
  readonly kind: 'absent' | 'unavailable';
  readonly what: string;
  readonly remedy: string;
}
