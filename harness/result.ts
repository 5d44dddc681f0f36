/**
 * The result of something that can fail in an expected way: the value, or a named failure. Exceptions are for defects
 * of this program only.
 */
export type Result<Value, Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function fail<Failure>(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}

/** Why there is no guest: what happened, and what the user can do about it. */
export interface FailureWithRemedy {
  readonly what: string;
  readonly remedy: string;
  /** Of a version that is fetched. `absent`: its suite does not have it. `unavailable`: it cannot be had now. */
  readonly kind?: string;
}
