import { expect, test } from 'vitest';
import { type RealRun, runReal } from '../../run/test-run.ts';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import { devices } from './index.ts';

/** Drivers that the stock kernel has and no device here is about. */
const CUSTOM = [
  'device: custom, id: keyboard, driver: virtio-keyboard-pci, modules: [virtio_pci, virtio_input], usable: virtio-driver',
  'device: custom, id: reader, driver: sdhci-pci, modules: [sdhci_pci]',
  'device: custom, id: card, driver: rtl8139, modules: [8139cp], usable: net, properties: { netdev: $id }, ' +
    'backends: { netdev: { type: user, restrict: true } }',
];

/** Each plugged and unplugged in turn, as often as there are cycles. */
function inTurn(topology: string, plugs: readonly string[], cycles: number) {
  const steps = plugs.flatMap((plug, index) => {
    const id = /id: (\w+)/.exec(plug)?.[1] ?? `d${index}`;
    return [`  - plug: { ${plug}${plug.includes('id: ') ? '' : `, id: ${id}`} }`, `  - unplug: ${id}`];
  });
  const text = `name: devices
defaults: { topology: ${topology}, accelerator: tcg, sampling: { boots: 1, cycles: ${cycles}, warmup: 0 } }
variants: { ${topology}: {} }
sequence:
  - boot
${steps.join('\n')}
`;
  return soundScenarioOf(text).variants;
}

function usable(run: RealRun, boot: string) {
  return run
    .events(boot)
    .flatMap((event) =>
      event.source === 'agent' && event.direction === 'received' && event.message.kind === 'usable'
        ? [event.message.fields]
        : [],
    );
}

test('each device is plugged, used and unplugged, again and again, and leaves nothing behind', async () => {
  const here = [...devices.values()].filter(({ ownBus }) => ownBus === undefined);
  const present = here.filter((device) => device.lacking(device.options.parse({})) === undefined);
  const absent = here.filter((device) => !present.includes(device)).map(({ name }) => name);
  if (absent.length > 0) console.log(`not tested, for this host lacks what they need: ${absent.join(', ')}`);
  const plugs = [...present.map(({ name }) => `device: ${name}`), ...CUSTOM];
  const run = await runReal(inTurn('acpi-bridge', plugs, 2));

  const failed = run.samples.filter(({ outcome }) => outcome !== 'ok');
  expect(failed.map(({ operation, deviceId, outcome, detail }) => [operation, deviceId, outcome, detail])).toEqual([]);
  expect(run.samples).toHaveLength(1 + 2 * 2 * plugs.length);
  expect(run.survivors).toBe(0);
  expect(run.directoryLeft).toBe(false);

  const found = usable(run, 'devices.acpi-bridge.001');
  expect(found).toHaveLength(2 * plugs.length);
  for (const { address, present: early } of found) {
    expect(address).toMatch(/^0000:01:[0-9a-f]{2}\.0$/);
    expect(early).toBeUndefined();
  }
  // The phases of each class end in the use that the class is about.
  const lastPhase = (deviceId: string) =>
    run.samples.find((sample) => sample.operation === 'plug' && sample.deviceId === deviceId)?.phases.at(-1)?.name;
  const ends = present.map(({ name }, index) => [name, lastPhase(`d${index}`)] as const);
  expect(Object.fromEntries(ends)).toMatchObject({
    'virtio-blk': 'first-use',
    'virtio-scsi': 'first-use',
    nvme: 'first-use',
    'virtio-net': 'link-up',
    e1000e: 'link-up',
    'virtio-rng': 'driver-probe',
    'virtio-balloon': 'driver-probe',
    'virtio-serial': 'driver-probe',
    ...(absent.includes('vhost-user-fs') ? {} : { 'vhost-user-fs': 'mount' }),
  });
});
