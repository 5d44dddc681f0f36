import type { FitPart, ScenarioPart } from './report-model.ts';

/** In the order in which a page shows them. */
const CLOCKS = ['real', 'virtual'] as const;

/** The clock of a scenario of which all variants share one: see `clockParts`. */
export function clockOf({ variants }: Pick<ScenarioPart, 'variants'>): string {
  return variants[0]?.clock ?? 'real';
}

/**
 * A scenario as one part for each clock that its variants are measured on, so that nothing drawn, ranked or divided has
 * figures of both. A scenario of one clock is its own part. The parts' slugs are as unique as the scenario's.
 */
export function clockParts(scenario: ScenarioPart): readonly ScenarioPart[] {
  const clocks = CLOCKS.filter((clock) => scenario.variants.some((variant) => variant.clock === clock));
  return clocks.length < 2 ? [scenario] : clocks.map((clock) => partOf(scenario, clock));
}

function partOf(scenario: ScenarioPart, clock: (typeof CLOCKS)[number]): ScenarioPart {
  const own = scenario.variants.filter((variant) => variant.clock === clock);
  const places = new Map(own.map(({ index }, place) => [index, place]));
  const placed = <Item extends { readonly variant: number }>(items: readonly Item[]) =>
    items.flatMap((item): Item[] => {
      const variant = places.get(item.variant);
      return variant === undefined ? [] : [{ ...item, variant }];
    });
  const samples = placed(scenario.samples);
  return {
    ...scenario,
    // Two hyphens: no slug is made with them.
    slug: clock === 'real' ? scenario.slug : `${scenario.slug}--${clock}`,
    variants: own.map((variant, index) => ({ ...variant, index })),
    operations: scenario.operations.filter((operation) => samples.some((sample) => sample.operation === operation)),
    fits: scenario.fits.filter((fit) => clockOfFit(fit, scenario) === clock),
    bursts: placed(scenario.bursts),
    races: placed(scenario.races),
    versions: scenario.versions.filter(({ table }) => table.clock === clock),
    samples,
    clientViews: clock === 'real' ? scenario.clientViews : [],
  };
}

/** A series is named after its topology, and after its clock where variants of that topology differ in it. */
function clockOfFit({ series }: FitPart, { variants }: ScenarioPart): string {
  const [topology, ...settings] = series.split(', ');
  const clocks = new Set(variants.filter((variant) => variant.topology === topology).map(({ clock }) => clock));
  if (clocks.size === 1) return [...clocks][0] ?? 'real';
  return settings.includes('clock virtual') ? 'virtual' : 'real';
}
