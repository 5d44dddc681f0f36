/** Milliseconds with about three significant digits, without a unit: 0.42, 4.17, 41.7, 417, 6123. */
export function formatMs(ms: number): string {
  if (ms >= 99.95) return ms.toFixed(0);
  return ms >= 9.995 ? ms.toFixed(1) : ms.toFixed(2);
}

/** A quantile for a reader: `> 30000` where it falls among operations that failed, `-` where there is none. */
export function quantileText(
  ms: number | undefined,
  censored: { readonly aboveMs?: number | undefined } | undefined,
): string {
  if (ms !== undefined) return formatMs(ms);
  if (!censored) return '-';
  return censored.aboveMs === undefined ? 'unknown' : `> ${formatMs(censored.aboveMs)}`;
}

/** A ratio for a reader: 1.00x, 0.013x, 92x. */
export function formatRatio(ratio: number): string {
  if (ratio >= 10) return `${ratio.toFixed(0)}x`;
  return `${ratio >= 0.1 ? ratio.toFixed(2) : ratio.toPrecision(2)}x`;
}

/** A share for a reader: 5 %, 0.5 %, 4.17 %. */
export function percentText(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** A stretch of time for a reader: 45 s, 3 min 20 s, 1 h 5 min. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
