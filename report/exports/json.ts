import { comparisonJson } from '../../harness/record/comparison-json.ts';
import { SCHEMA_VERSION } from '../../harness/record/stored-json.ts';
import { type ExportedRun, type ExportFormat, referenceComparisons } from './export-format.ts';

export const json: ExportFormat = {
  name: 'json',
  description: 'everything that is known of a run and of its comparison, in one document',
  several: false,
  historical: false,
  render: ([run]) => ({ text: run ? `${JSON.stringify(documentOf(run), null, 2)}\n` : '', notes: [] }),
};

function documentOf(exported: ExportedRun) {
  const { run, summary } = exported.files;
  return {
    schema_version: SCHEMA_VERSION,
    run_id: run.run_id,
    status: run.status,
    started_at: run.started_at,
    finished_at: run.finished_at ?? null,
    tool: run.tool,
    host: run.host,
    variants: run.variants,
    operations: summary.operations,
    fits: summary.fits,
    comparisons: exported.comparisons.map(comparisonJson),
    reference_comparisons: referenceComparisons(exported).map(comparisonJson),
    warnings: run.warnings ?? [],
  };
}
