import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { EMULATED_HOST_TIMEOUT_MS } from './emulated-host.ts';
import { bootsIn, findPlace, type Ran, ranCommand, runSuite } from './kvm-suite.ts';

/** Of the work of every operation, at the most. */
const UNATTRIBUTED_LIMIT = 0.1;
/** One hypercall and one reading of the host's clocks: some microseconds each, also where KVM itself is emulated. */
const CLOCK_LIMIT_MS = 0.02;
const QUICK = ['shpc', 'native', 'acpi', 'acpi-bridge', 'acpi-i440fx'];
const PLUGGED = ['boot ok', 'plug ok', 'unplug ok'];

const place = await findPlace();
const isNowhere = typeof place === 'object';
// Whoever reads the tests' output is to see that KVM was left out.
if (isNowhere) console.warn(`KVM tests skipped: ${place.nowhere}`);

describe.skipIf(isNowhere)(`KVM, on ${isNowhere ? 'no host' : place}`, () => {
  let suite: Ran;
  let refused: Ran;
  let quick: Ran;

  beforeAll(async () => {
    if (isNowhere) return;
    const out = mkdtempSync(join(tmpdir(), 'kvm-suite-'));
    const began = performance.now();
    const ran = await runSuite(place, out);
    if (!ran.ok) throw new Error(ran.failure);
    quick = ranCommand(out, 'quick', 'quick');
    refused = ranCommand(out, 'machines', 'refused');
    suite = ranCommand(out, 'machines', 'suite');
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const samples = [suite, quick].flatMap((one) => one.samples());
    const good = samples.filter(({ outcome }) => outcome === 'ok').length;
    console.log(`KVM suite on ${place}: ${seconds} s, ${bootsIn(out)} boots, ${good} of ${samples.length} samples ok`);
  }, EMULATED_HOST_TIMEOUT_MS + 60_000);

  test('quick.yaml: KVM is found by itself, and all five topologies are measured under it', () => {
    expect(quick.said).toMatch(/kvm \(the guest was ready under KVM after/);
    for (const variant of QUICK) expect(quick.outcomes(variant)).toEqual(PLUGGED);
    expect(quick.exitCode).toBe(0);
  });

  test('quick.yaml: where the time goes is known, for the boot, too', () => {
    const { operations } = quick.summary();
    expect(operations).toHaveLength(QUICK.length * PLUGGED.length);
    for (const { variant, operation, phases } of operations) {
      console.log(`${variant} ${operation}: ${((phases?.unattributed_share ?? 1) * 100).toFixed(1)} % unattributed`);
      expect(phases?.unattributed_share, `${variant} ${operation}`).toBeLessThan(UNATTRIBUTED_LIMIT);
    }
  });

  test('quick.yaml: the clocks of host and guest are read in one hypercall', () => {
    const boots = quick.run().boots;
    console.log(
      boots.map((boot) => `${boot.name}: clocks within ${boot.clock_uncertainty_ms?.toFixed(4)} ms`).join('\n'),
    );
    expect(boots.map((boot) => boot.clock_source)).toEqual(QUICK.map(() => 'ptp_kvm'));
    for (const boot of boots) expect(boot.clock_uncertainty_ms, boot.name).toBeLessThan(CLOCK_LIMIT_MS);
  });

  test('KVM by name is refused where it opens and does not work, with what QEMU said', () => {
    expect(refused.exitCode).toBe(4);
    expect(refused.said).toMatch(/KVM was asked for and cannot be used: .*KVM internal error/);
  });

  test('auto takes TCG where that is faster', () => {
    expect(suite.outcomes('faster')).toEqual(['boot ok']);
    const faster = suite.run().variants.find(({ name }) => name === 'faster');
    expect(faster?.accelerator).toMatchObject({ used: 'tcg', why: expect.stringMatching(/^TCG is faster here/) });
  });

  test('the patched kernel without its waits, on two virtual CPUs; two machines side by side', () => {
    expect(suite.outcomes('shpc')).toEqual([...PLUGGED, ...PLUGGED, ...PLUGGED]);
    expect(suite.read('logs/kvm.shpc.001/qemu.sh')).toContain('-smp 2');
    const jobs = suite.run().boots.flatMap((boot) => (boot.variant === 'shpc' ? [boot.jobs] : []));
    expect(jobs.toSorted()).toEqual([1, 2, 2]);
  });

  test("libvirt's machine with an IOMMU, and an interrupt chip split between KVM and QEMU", () => {
    expect(suite.outcomes('libvirt-iommu')).toEqual(PLUGGED);
    expect(suite.read('logs/kvm.libvirt-iommu.001/qemu.sh')).toContain('-accel kvm,kernel-irqchip=split');
  });

  test('a guest that is saved and restored', () => {
    expect(suite.outcomes('restored')).toContain('plug ok');
    expect(suite.outcomes('restored').filter((outcome) => !outcome.endsWith(' ok'))).toEqual([]);
    expect(suite.samples().map(({ boot_mode }) => boot_mode)).toContain('snapshot');
  });

  test("a plug during the guest's boot", () => {
    expect(suite.outcomes('during-boot').toSorted()).toEqual(['boot ok', 'plug ok']);
  });

  test("kata's machine; QEMU killed in the middle of a plug is a crash, as expected, and the others go on", () => {
    expect(suite.outcomes('kata')).toEqual([...PLUGGED, 'plug crashed']);
    const crashed = suite.samples().find(({ outcome }) => outcome === 'crashed');
    expect(crashed?.detail).toContain('SIGKILL');
    expect(suite.exitCode).toBe(0);
  });
});
