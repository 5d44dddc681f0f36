import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import { runReal } from '../test-run.ts';

test("a machine has what its scenario's own arguments add, a device cannot take a name of it, and QEMU's refusal is said", async () => {
  const scenario = (words: string, id: string) =>
    soundScenarioOf(`name: own-arguments
defaults: { clock: virtual, guest: { kernel: patched, cpus: 1 }, sampling: { boots: 1, cycles: 1, warmup: 0 } }
variants: { a: { topology: acpi-bridge, qemu_arguments: ${words} } }
sequence: [boot, plug: { device: virtio-rng, id: ${id} }, unplug]
`).variants;
  const run = await runReal(scenario("[-device, 'virtio-balloon-pci,id=mine,addr=1e']", 'rng0'));
  expect(run.outcomes).toEqual(['boot ok', 'plug ok', 'unplug ok']);
  const taken = runReal(scenario("[-device, 'virtio-balloon-pci,id=mine,addr=1e']", 'mine'));
  await expect(taken).rejects.toThrow('the machine itself has the device "mine"');
  await expect(runReal(scenario('[-device, no-such-device]', 'rng0'))).rejects.toThrow(
    "'no-such-device' is not a valid device",
  );
});
