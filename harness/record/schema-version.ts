/** Version of the run directory's files. Names and columns only ever grow within one version. */
export const SCHEMA_VERSION = 1;
