/** From here on the asymptotic series is exact to twelve digits; smaller arguments are brought up to it. */
const LARGE = 8;

/** Derivative of the logarithm of the gamma function, for x > 0 (Abramowitz and Stegun 1964, 6.3.5 and 6.3.18). */
export function digamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < LARGE; at++) sum -= 1 / at;
  const square = 1 / at ** 2;
  return sum + Math.log(at) - 1 / (2 * at) - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
}

/** Its second derivative, for x > 0 (6.4.6 and 6.4.12). */
export function trigamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < LARGE; at++) sum += 1 / at ** 2;
  const square = 1 / at ** 2;
  return sum + 1 / at + square / 2 + (square / at) * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)));
}

/** The x > 0 whose trigamma this is: by bisection of the logarithm, since trigamma falls monotonically. */
export function trigammaInverse(value: number): number {
  let [low, high] = [-20, 20];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (trigamma(Math.exp(middle)) > value) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
