import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ONE_DEVICE, readNeed } from './need.ts';
import { type Candidate, chooseTopology } from './topology-choice.ts';

const machine = (variant: string, over: Partial<Candidate> = {}): Candidate => ({
  ...{ scenario: 's', variant, topology: variant, slotBus: 'pcie', slots: 16, bursts: [], plugMs: 50, failureRate: 0 },
  ...over,
});
const names = (need: Parameters<typeof chooseTopology>[0], candidates: readonly Candidate[]) =>
  chooseTopology(need, candidates).map(({ candidate, verdict }) => `${candidate.variant} ${verdict}`);
const EIGHT = { ...ONE_DEVICE, devices: 0, disks: 8 };

describe('readNeed', () => {
  test('counts, flags and a deadline; without a device, one', () => {
    expect(readNeed('disks=8, vfio,deadline=3s')).toEqual({ ...EIGHT, vfio: true, deadlineMs: 3000 });
    expect(readNeed('userspace')).toEqual({ ...ONE_DEVICE, userspace: true });
  });

  test.each([
    '',
    'disks',
    'disks=-1',
    'disks=eight',
    'vfio=2',
    'deadline=3',
    'cards=1',
    'disks=257',
    'disks=200,nics=200',
  ])('%j is none', (text) => expect(readNeed(text)).toBeUndefined());
});

describe('chooseTopology', () => {
  test('by the time to the last device, not by the median of one', () => {
    const serial = machine('quick-alone', { bursts: [{ size: 8, lastMs: 9000 }], plugMs: 10 });
    const together = machine('quick-together', { bursts: [{ size: 8, lastMs: 700 }], plugMs: 60 });
    expect(names(EIGHT, [serial, together])).toEqual(['quick-together fits', 'quick-alone fits']);
    expect(names(ONE_DEVICE, [serial, together])).toEqual(['quick-alone fits', 'quick-together fits']);
  });

  test('too few slots, or a measured time over the deadline: it does not fit', () => {
    const small = machine('small', { slots: 4 });
    const slow = machine('slow', { bursts: [{ size: 8, lastMs: 6200 }] });
    const good = machine('good', { bursts: [{ size: 8, lastMs: 900 }] });
    expect(names({ ...EIGHT, deadlineMs: 3000 }, [small, slow, good])).toEqual([
      'good fits',
      'small does-not-fit',
      'slow does-not-fit',
    ]);
  });

  test('what is too slow one after another is not known to be too slow at once', () => {
    const [choice] = chooseTopology({ ...EIGHT, deadlineMs: 3000 }, [machine('serial', { plugMs: 1000 })]);
    expect(choice).toMatchObject({ verdict: 'not-known', last: { lastMs: 8000, from: '8 times one' } });
  });

  test('between two sizes that were measured, on the line', () => {
    const measured = machine('line', {
      bursts: [
        { size: 4, lastMs: 400 },
        { size: 16, lastMs: 1600 },
      ],
    });
    expect(chooseTopology(EIGHT, [measured])[0]?.last).toEqual({
      ...{ lastMs: 800, how: 'between-measured', from: 'between 4 and 16 at once' },
    });
  });

  test('a machine that fails comes behind one that does not, however fast it is', () => {
    const frail = machine('frail', { plugMs: 1, failureRate: 0.1 });
    expect(names(ONE_DEVICE, [frail, machine('sound')])).toEqual(['sound fits', 'frail fits']);
  });

  test('userspace drivers in the guest: what was not inspected is not known; one group for both is a no', () => {
    const need = { ...ONE_DEVICE, userspace: true };
    const no = machine('bridge', { twoUserspaceDrivers: { possible: false, why: 'group 3 is not viable' } });
    const yes = machine('ports', { twoUserspaceDrivers: { possible: true, why: '' } });
    expect(names(need, [no, machine('silent'), yes])).toEqual([
      'ports fits',
      'silent not-known',
      'bridge does-not-fit',
    ]);
  });

  test('host devices: what conventional slots lack, and that ports have to be there, is said', () => {
    const remarks = chooseTopology({ ...ONE_DEVICE, vfio: true }, [
      machine('port'),
      machine('bridge', { slotBus: 'pci', plugMs: 60 }),
    ]).map((choice) => choice.remarks.join());
    expect(remarks[0]).toContain('a port for each device');
    expect(remarks[1]).toContain('no extended configuration space');
  });

  test('nothing that does not fit comes before what fits, and nobody is left out', () => {
    const candidate = fc
      .record({
        slots: fc.nat(40),
        plugMs: fc.integer({ min: 1, max: 10_000 }),
        bursts: fc.array(
          fc.record({ size: fc.integer({ min: 2, max: 32 }), lastMs: fc.integer({ min: 1, max: 60_000 }) }),
        ),
        failureRate: fc.constantFrom(0, 0.1, 0.5),
      })
      .map((over) => machine('any', over));
    const need = fc.record({
      devices: fc.integer({ min: 1, max: 64 }),
      deadlineMs: fc.integer({ min: 1, max: 60_000 }),
    });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 12 }), need, (candidates, asked) => {
        const choices = chooseTopology({ ...ONE_DEVICE, ...asked }, candidates);
        expect(choices).toHaveLength(candidates.length);
        const order = choices.map(({ verdict }) => ['fits', 'not-known', 'does-not-fit'].indexOf(verdict));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        for (const { verdict, slotsLeft = 0, last } of choices) {
          if (verdict !== 'fits') continue;
          expect(slotsLeft).toBeGreaterThanOrEqual(0);
          expect(last?.lastMs).toBeLessThanOrEqual(asked.deadlineMs);
        }
      }),
    );
  });
});
