import { defineConfig } from 'vitest/config';

/** Limits only end tests that hang: on a busy host a test takes twenty times as long, and how fast it is proves nothing. */
const UNIT_TIMEOUT_MS = 60_000;
const INTEGRATION_TIMEOUT_MS = 600_000;

/** Tests that start QEMU, a browser or a build end in .integration.test.ts and run one file at a time: two cores. */
const integration = '**/*.integration.test.ts';

export default defineConfig({
  test: {
    globalSetup: './vitest.temporary-files.ts',
    // What a file becomes for Node is kept for as long as the file stays as it is.
    experimental: { fsModuleCache: true },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [integration, 'node_modules/**'],
          testTimeout: UNIT_TIMEOUT_MS,
          // A file has its modules to itself only if they are loaded anew for it: that took more than half of the time.
          isolate: false,
          // vitest's own choice leaves a CPU to itself, which on two CPUs leaves one to the tests.
          maxWorkers: '100%',
          // Properties make much short-lived garbage: with V8's own 16 MB for it, collecting took an eighth of the time.
          execArgv: ['--max-semi-space-size=64'],
        },
      },
      {
        test: {
          name: 'integration',
          include: [integration],
          exclude: ['node_modules/**'],
          globalSetup: './vitest.guest-kernel.ts',
          fileParallelism: false,
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_TIMEOUT_MS,
        },
      },
    ],
  },
});
