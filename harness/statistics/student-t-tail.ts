import { gammaln, probit } from 'simple-statistics';

/** Terms of the continued fraction are taken until one changes the result by less than this. */
const PRECISION = 1e-13;
const MAX_TERMS = 500;
/** Stands for 0 in a denominator (Lentz 1976). */
const TINY = 1e-300;

/** With more degrees of freedom, also infinitely many, a t distribution is a normal one to six digits. */
const MOST_DEGREES = 1e6;

/**
 * Probability that |T| exceeds |t|, for Student's t with `degrees` (more than 0, not necessarily whole) degrees of
 * freedom: exact far out in the tails, where tests of many metrics look. It is the regularised incomplete beta function
 * I_x(ν/2, 1/2) at x = ν / (ν + t²) (Abramowitz and Stegun 1964, 26.7.1 and 26.5.8).
 */
export function studentTTail(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  if (degrees > MOST_DEGREES) return studentTTail(t, MOST_DEGREES);
  return incompleteBeta(degrees / (degrees + t * t), (t * t) / (degrees + t * t), degrees / 2, 0.5);
}

const MAX_STEPS = 200;

/**
 * The value that T exceeds with probability `pValue`, at most one half; `degrees` may be infinite. By Newton's method from
 * the normal distribution's, which lies to the left of it, where the tail is convex: no step goes too far.
 */
export function oneSidedT(pValue: number, degrees: number): number {
  const freedom = Math.max(1, Math.min(MOST_DEGREES, degrees));
  const logScale = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - Math.log(freedom * Math.PI) / 2;
  let t = probit(1 - pValue);
  for (let step = 0; step < MAX_STEPS; step++) {
    const density = Math.exp(logScale - ((freedom + 1) / 2) * Math.log1p((t * t) / freedom));
    const move = (studentTTail(t, freedom) / 2 - pValue) / density;
    t += move;
    if (Math.abs(move) <= CLOSE * t) break;
  }
  return t;
}

/** A value of t is used to this share of it. */
const CLOSE = 1e-7;

/** I_x(a, b), given x and 1 - x, because one of them may be too near to 1. */
function incompleteBeta(x: number, rest: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log(rest));
  // The fraction converges fast on this side of the mean only; the other side follows by symmetry.
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(rest, b, a)) / b;
}

/** The continued fraction of Abramowitz and Stegun 26.5.8, by the method of Lentz (1976, Appl. Opt. 15). */
function betaFraction(x: number, a: number, b: number): number {
  const orTiny = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / orTiny(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / orTiny(1 + even * d);
    c = orTiny(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / orTiny(1 + odd * d);
    c = orTiny(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return result;
}
