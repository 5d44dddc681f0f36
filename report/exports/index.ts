import { bencher } from './bencher.ts';
import { csv } from './csv.ts';
import type { ExportFormat } from './export-format.ts';
import { githubActionBenchmark } from './github-action-benchmark.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { openmetrics } from './openmetrics.ts';
import { otavaCsv } from './otava-csv.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto.ts';

/** What `bench export --format` offers. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  ...[markdown, junit, openmetrics, otavaCsv, bencher, githubActionBenchmark],
  ...[perfetto, otlp, csv, json],
];
