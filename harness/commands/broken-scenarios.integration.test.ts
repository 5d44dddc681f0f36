import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { brokenScenario } from '../scenario/broken-scenarios.ts';
import { makeWorld, STACK_TRACE } from './bench-process.ts';

const FILES = 200;
/** As many as this starts at the same time leave the machine usable. */
const AT_ONCE = 2;
/** A start takes about 0.2 s. */
const TIMEOUT_MS = 600_000;

test(
  `${FILES} broken scenario files: each a process that exits with 2, names a place and starts nothing`,
  async () => {
    const world = makeWorld();
    const seed = Date.now() % 2 ** 31;
    // Every tenth is not even text.
    const binary = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Uint8Array.of(0xff, ...bytes));
    const files = fc.sample(fc.oneof({ weight: 9, arbitrary: brokenScenario }, { weight: 1, arbitrary: binary }), {
      seed,
      numRuns: FILES,
    });
    const wrong: string[] = [];
    const queue = files.entries();
    const started = performance.now();
    const startOneAfterTheOther = async () => {
      for (const [index, text] of queue) {
        const file = world.write(`${index}.yaml`, text);
        const { exitCode, stdout, stderr } = await world.bench([file, '--out', world.out]);
        const named = stderr.split('\n').filter((line) => /^\S+:\d+:\d+: \S/.test(line) && line.startsWith(`${file}:`));
        const isRight = exitCode === EXIT.usage && stdout === '' && named.length > 0 && !STACK_TRACE.test(stderr);
        if (!isRight) wrong.push(`${exitCode}\n${stderr}\n${JSON.stringify(text)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, startOneAfterTheOther));
    console.log(`${FILES} files in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(world.runs()).toEqual([]);
    expect(world.leftovers()).toEqual([]);
  },
  TIMEOUT_MS,
);
