// Stands in for parts of Vega that the page does not need: see scripts/setup/bundle.mjs.
export {};
