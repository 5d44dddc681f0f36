/**
 * The rooms of the house, from the ground up: each may import from those above it in this list and from itself. The table in
 * docs/design.md says what is in them.
 */
const ROOMS = [
  'harness/vocabulary.ts',
  'harness/(result|words|exit-codes|project-root|tool-version).ts',
  'harness/statistics',
  'harness/drivers',
  'harness/machine',
  'harness/host',
  'harness/cache',
  'harness/versions',
  'harness/guest',
  'harness/variant.ts',
  'harness/scenario/yaml',
  'harness/scenario/step',
  'harness/scenario',
  'harness/qemu',
  'harness/timeline',
  'harness/findings',
  'harness/plan',
  'harness/record',
  'harness/run/session',
  'harness/run/boot',
  'harness/run/ready',
  'harness/run',
  'harness/history',
  'report/[a-z-]+.ts',
  'report/model',
  'report/charts',
  'report/terminal',
  'report/exports',
  'report/html',
  'harness/simulation',
  'harness/commands',
  'harness/nightly',
  'harness/bisect',
  'harness/self',
  'harness/cli.ts',
];

/** Tests, and what only they use, may look at the whole house. */
const TESTS = '(\\.test|\\.fixture|/test-[a-z-]+|/synthetic-[a-z-]+|/broken-scenarios)\\.ts$|/fixtures/';

const path = (room) => `^${room.replaceAll('.ts', '\\.ts')}${room.endsWith('.ts') ? '$' : '/'}`;

// A room may lie within another that comes later: what is in it is not in that other one.
const onlyUpwards = ROOMS.slice(0, -1).map((room, index) => ({
  name: `above-${room}`,
  comment: 'a room imports only from those above it in ROOMS',
  severity: 'error',
  from: { path: path(room), pathNot: [TESTS, ...ROOMS.slice(0, index).map(path)] },
  to: { path: ROOMS.slice(index + 1).map(path), pathNot: ROOMS.slice(0, index + 1).map(path) },
}));

export default {
  forbidden: [
    ...onlyUpwards,
    {
      name: 'every-file-in-a-room',
      comment: 'a new folder has to have its place in ROOMS',
      severity: 'error',
      from: { path: '^(harness|report)/', pathNot: [TESTS, ...ROOMS.map(path)] },
      to: {},
    },
    {
      name: 'no-circle',
      comment: 'files that import each other are one thought, or lack a third that both import',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { circular: true },
    },
  ],
  options: {
    // The compiler of this project, TypeScript 7, has no interface that dependency-cruiser could use.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
