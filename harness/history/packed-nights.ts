import type { Environment, Night, NightPoint, NightRun, SeriesIdentity } from './night.ts';

/**
 * Nights as a few large arrays, for the way from one thread to another: copying 130 000 points as objects takes 0.6 s,
 * as much as a fifth of the time in which they were read.
 */
export interface PackedNights {
  readonly runs: readonly NightRun[];
  readonly identities: readonly SeriesIdentity[];
  readonly environments: readonly Environment[];
  readonly phaseLists: readonly (readonly string[])[];
  /** Per point: run, identity, environment, list of phases. */
  readonly places: Int32Array;
  /** Per point: boots, samples, those tried, failures, median, its interval; NaN for what is absent. Then its phases. */
  readonly figures: Float64Array;
}

/** For each point. */
const PLACES = 4;
/** For each point, before those of its phases. */
const FIGURES = 7;

export function packNights(nights: readonly Night[]): PackedNights {
  const identities = numbering<SeriesIdentity>();
  const environments = numbering<Environment>();
  const phaseLists = numbering<readonly string[]>();
  const points = nights.flatMap(({ series }) => series.map(({ point }) => point));
  const places = new Int32Array(points.length * PLACES);
  const figures = new Float64Array(points.reduce((sum, { phaseMs }) => sum + FIGURES + phaseMs.length, 0));
  let place = 0;
  let figure = 0;
  for (const [night, { series }] of nights.entries()) {
    for (const { identity, point } of series) {
      const { environment, boots, samples, tried, failures, p50Ms, ci95Ms, phases, phaseMs } = point;
      const numbers = [identities.numberOf(identity), environments.numberOf(environment), phaseLists.numberOf(phases)];
      places.set([night, ...numbers], place);
      const latency = [p50Ms ?? Number.NaN, ci95Ms?.[0] ?? Number.NaN, ci95Ms?.[1] ?? Number.NaN];
      figures.set([boots, samples, tried, failures, ...latency, ...phaseMs], figure);
      place += PLACES;
      figure += FIGURES + phaseMs.length;
    }
  }
  return {
    runs: nights.map(({ run }) => run),
    identities: identities.all,
    environments: environments.all,
    phaseLists: phaseLists.all,
    places,
    figures,
  };
}

export function unpackNights(packed: PackedNights): readonly Night[] {
  const { identities, environments, phaseLists, places, figures } = packed;
  const nights = packed.runs.map((run) => ({ run, series: [] as Night['series'][number][] }));
  let at = 0;
  for (let place = 0; place < places.length; place += PLACES) {
    const night = nights[places[place] ?? -1];
    const identity = identities[places[place + 1] ?? -1];
    const environment = environments[places[place + 2] ?? -1];
    const phases = phaseLists[places[place + 3] ?? -1];
    if (!night || !identity || !environment || !phases) throw new Error('packed nights do not fit together');
    const end = at + FIGURES + phases.length;
    const [boots = 0, samples = 0, tried = 0, failures = 0, p50Ms = Number.NaN, low = Number.NaN, high = Number.NaN] =
      figures.subarray(at, end);
    const phaseMs = Array.from(figures.subarray(at + FIGURES, end));
    const point: Mutable<NightPoint> = {
      run: night.run,
      environment,
      boots,
      samples,
      tried,
      failures,
      phases,
      phaseMs,
    };
    // Not spread into a new object: that would take half of the time in which ten years of nights are unpacked.
    if (!Number.isNaN(p50Ms)) point.p50Ms = p50Ms;
    if (!Number.isNaN(low)) point.ci95Ms = [low, high];
    night.series.push({ identity, point });
    at = end;
  }
  return nights;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Numbers different objects in the order in which they come. */
function numbering<Item>(): { readonly all: Item[]; readonly numberOf: (item: Item) => number } {
  const all: Item[] = [];
  const numbers = new Map<Item, number>();
  return {
    all,
    numberOf(item) {
      const known = numbers.get(item);
      if (known !== undefined) return known;
      numbers.set(item, all.length);
      return all.push(item) - 1;
    },
  };
}
