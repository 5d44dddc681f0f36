import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { runtimePlace } from './fixtures/runtime-place.ts';
import { cleanLeftoversIn } from './leftovers.ts';
import { identify, identityName, isRunning, type ProcessIdentity, processScope } from './process-identity.ts';

const { parent, base } = runtimePlace();

/** A process as the registry starts them, ended with the test. */
function sleeper(): ProcessIdentity {
  const child = execa('sleep', ['60'], { detached: true, reject: false, stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await child;
  });
  return identityOf(child.pid);
}

function identityOf(pid: number | undefined): ProcessIdentity {
  const identity = identify(pid ?? 0);
  if (!identity) throw new Error(`process ${pid} is not running`);
  return identity;
}

/** An identity that nobody has: pid 1 did not start at that time. */
const DEAD: ProcessIdentity = { pid: 1, startTicks: '99999999999' };

/** The directory that `owner` would have left with these records. */
async function leave(owner: ProcessIdentity, records: readonly string[], scope = processScope()): Promise<string> {
  const directory = join(base(), identityName(owner));
  await mkdir(base(), { recursive: true, mode: 0o700 });
  await mkdir(join(directory, 'processes'), { recursive: true });
  await writeFile(join(directory, 'scope'), scope);
  for (const name of records) await writeFile(join(directory, 'processes', name), 'sleep');
  return directory;
}

test('nothing left, nothing done', async () => {
  expect(await cleanLeftoversIn(base())).toEqual([]);
});

test('the processes of a dead owner are killed and its directory is removed', async () => {
  const [one, two] = [sleeper(), sleeper()];
  const directory = await leave(DEAD, [identityName(one), identityName(two)]);
  const found = await cleanLeftoversIn(base());
  expect([...found].sort((a, b) => (a.kind === 'process' && b.kind === 'process' ? a.pid - b.pid : 0))).toEqual(
    [one, two].map(({ pid }) => ({ kind: 'process', pid, command: 'sleep', killed: true })),
  );
  expect([one, two].filter(isRunning)).toEqual([]);
  expect(existsSync(directory)).toBe(false);
  expect(await cleanLeftoversIn(base())).toEqual([]);
});

test('a living owner keeps its processes and its directory', async () => {
  const [owner, child] = [sleeper(), sleeper()];
  const directory = await leave(owner, [identityName(child)]);
  expect(await cleanLeftoversIn(base())).toEqual([]);
  expect(isRunning(child)).toBe(true);
  expect(existsSync(directory)).toBe(true);
});

test('a process that only has the pid of a recorded one is not touched', async () => {
  const innocent = sleeper();
  const directory = await leave(DEAD, [identityName({ ...innocent, startTicks: `${innocent.startTicks}1` })]);
  expect(await cleanLeftoversIn(base())).toEqual([]);
  expect(isRunning(innocent)).toBe(true);
  expect(existsSync(directory)).toBe(false);
});

test('an owner of another host or container is not judged', async () => {
  const child = sleeper();
  const directory = await leave(DEAD, [identityName(child)], processScope().replace(/\d+\]$/, '1]'));
  expect(await cleanLeftoversIn(base())).toEqual([]);
  expect(isRunning(child)).toBe(true);
  expect(existsSync(directory)).toBe(true);
});

test('records that cannot be read are reported and removed, and hide no others', async () => {
  const child = sleeper();
  const directory = await leave(DEAD, ['12', identityName(child)], processScope().slice(0, 20));
  const found = await cleanLeftoversIn(base());
  expect(found).toHaveLength(3);
  expect(found).toEqual(
    expect.arrayContaining([
      { kind: 'unreadable-record', path: join(directory, 'scope'), reason: 'it is not whole' },
      {
        kind: 'unreadable-record',
        path: join(directory, 'processes', '12'),
        reason: 'its name is not a pid and a start time',
      },
      { kind: 'process', pid: child.pid, command: 'sleep', killed: true },
    ]),
  );
  expect(existsSync(directory)).toBe(false);
});

test('a record without content still names its process', async () => {
  const child = sleeper();
  const directory = await leave(DEAD, []);
  await writeFile(join(directory, 'processes', identityName(child)), '');
  expect(await cleanLeftoversIn(base())).toEqual([{ kind: 'process', pid: child.pid, command: '', killed: true }]);
});

test('a directory that its owner had hardly begun is removed', async () => {
  const directory = join(base(), identityName(DEAD));
  await mkdir(directory, { recursive: true });
  await chmod(base(), 0o700);
  expect(await cleanLeftoversIn(base())).toMatchObject([{ kind: 'unreadable-record' }]);
  expect(existsSync(directory)).toBe(false);
});

test('records in a directory that others can write to are not believed', async () => {
  const child = sleeper();
  const directory = await leave(DEAD, [identityName(child)]);
  await chmod(base(), 0o777);
  expect(await cleanLeftoversIn(base())).toEqual([]);
  await chmod(base(), 0o700);
  await rename(base(), join(parent(), 'elsewhere'));
  await symlink(join(parent(), 'elsewhere'), base());
  expect(await cleanLeftoversIn(base())).toEqual([]);
  expect(isRunning(child)).toBe(true);
  expect(existsSync(directory)).toBe(true);
});

test('two starts that clean up at the same time do not disturb each other', async () => {
  const child = sleeper();
  const directory = await leave(DEAD, [identityName(child)]);
  await Promise.all([cleanLeftoversIn(base()), cleanLeftoversIn(base())]);
  expect(isRunning(child)).toBe(false);
  expect(existsSync(directory)).toBe(false);
});
