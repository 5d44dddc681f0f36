import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const { mostUrgent, runNightly } = await import(new URL('nightly-job.mjs', import.meta.url).href);

/** Runs the job with a bench whose commands end with the given codes, 0 when not given. */
async function nightly(argv: readonly string[], codes: Readonly<Record<string, number>>) {
  const commands: string[] = [];
  const code = await runNightly(argv, async (args: readonly string[]) => {
    commands.push(args.join(' '));
    return codes[args[0] ?? ''] ?? 0;
  });
  return { code, commands };
}

function resultsFolder(): string {
  return mkdtempSync(join(tmpdir(), 'nightly-'));
}

test('the first night becomes the baseline, later ones are compared with it', async () => {
  const out = resultsFolder();
  const first = await nightly(['--out', out, 'a.yaml'], {});
  expect(first.commands[1]).toBe(`run a.yaml --out ${out} --save-baseline nightly`);
  mkdirSync(join(out, 'baselines', 'host-1234', 'nightly'), { recursive: true });
  const second = await nightly(['--out', out, 'a.yaml'], {});
  expect(second.commands[1]).toBe(`run a.yaml --out ${out} --baseline nightly`);
});

test('a regression of the run or of the history is the exit code, and the files are written all the same', async () => {
  for (const codes of [{ run: 1 }, { history: 1 }, { run: 3, history: 1 }]) {
    const { code, commands } = await nightly(['--out', resultsFolder()], codes);
    expect(code).toBe(1);
    expect(commands.filter((command) => command.startsWith('export'))).toHaveLength(3);
    expect(commands.at(-1)).toMatch(/^report .*\/latest$/);
  }
});

test('a quiet night is 0', async () => {
  expect((await nightly(['--out', resultsFolder()], {})).code).toBe(0);
});

test('without a run nothing follows', async () => {
  for (const code of [2, 4, 70, 130]) {
    const { commands, code: returned } = await nightly(['--out', resultsFolder()], { run: code });
    expect(returned).toBe(code);
    expect(commands.at(-1)).toMatch(/^run /);
  }
});

test('a host that is not quiet is refused before anything is measured', async () => {
  const { code, commands } = await nightly(['--strict-host'], { noise: 4 });
  expect(code).toBe(4);
  expect(commands).toEqual(['noise --strict-host']);
});

test('a flag that is not known is bad usage', async () => {
  expect(await nightly(['--nope'], {})).toEqual({ code: 2, commands: [] });
});

test('a code that no command has is a defect', () => {
  expect(mostUrgent([0, 1, 139])).toBe(70);
});
