import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { makeWorld } from './bench-process.ts';

test('doctor --try-kvm: exit 4 where the guest does not boot under KVM, as a run finds it; nothing stays behind', async () => {
  const world = makeWorld();
  const tried = await world.bench(['doctor', '--try-kvm']);
  const works = /^ok +KVM /m.test(tried.stdout);
  expect(tried.stdout).toMatch(
    works ? /^ok +accelerator +kvm: /m : /^missing +KVM +(no usable KVM|TCG is faster here): /m,
  );
  expect(tried.exitCode).toBe(works ? EXIT.ok : EXIT.hostUnable);
  expect(world.leftovers()).toEqual([]);

  const asked = await world.bench([world.scenario('late'), '--out', world.out, '--accelerator', 'kvm']);
  expect(asked.exitCode).toBe(works ? EXIT.samplesFailed : EXIT.hostUnable);
});
