import { describe, expect, test } from 'vitest';
import { problemLines, scenarioText, soundScenarioOf } from './test-scenario.ts';

/** A fit of the boot on line 5. */
const fitOf = (against: string, latency = 'boot') => `fit: [{ latency: ${latency}, against: ${against} }]`;
const parameters = (...texts: string[]) => `guest: { parameters: { ${texts.join(', ')} } }`;
const ports = (topology: string, count: number) => `topology: { ${topology}: { ports: ${count} } }`;
const seriesOf = (variants: string, against: string) =>
  soundScenarioOf(scenarioText({ variants, rest: fitOf(against) })).fits?.map(({ name, members }) => [
    name,
    ...members.map(({ variant, x }) => `${variant} ${x}`),
  ]);

describe('a fit', () => {
  test('has a series for each topology, over the values of a topology option', () => {
    const variants = `{ n0: { ${ports('pcie-root-port', 0)} }, a1: { ${ports('acpi-root-port', 1)} },
      n2: { ${ports('pcie-root-port', 2)} }, a4: { topology: acpi-root-port, guest: { cpus: 2 } },
      a8: { ${ports('acpi-root-port', 8)} }, bridge: {} }`;
    expect(seriesOf(variants, 'ports')).toEqual([
      ['pcie-root-port', 'n0 0', 'n2 2'],
      ['acpi-root-port', 'a1 1', 'a4 1', 'a8 8'],
    ]);
  });

  test('has a series for everything else that differs, named after it', () => {
    const variants = `{
      a: { ${parameters('delay_ms: 0')} }, b: { ${parameters('delay_ms: 5', 'settle_ms: 1')} },
      c: { ${parameters('settle_ms: 1', 'delay_ms: 0')} }, d: { ${parameters('delay_ms: 50')} } }`;
    expect(seriesOf(variants, 'delay_ms')).toEqual([
      ['shpc-bridge, settle_ms not set', 'a 0', 'd 50'],
      ['shpc-bridge, settle_ms 1', 'b 5', 'c 0'],
    ]);
  });

  test('of the boot does not mind how many are plugged after it', () => {
    const variants = `{ few: { ${ports('acpi-root-port', 1)}, count: 1 }, many: { ${ports('acpi-root-port', 8)}, count: 8 } }`;
    expect(seriesOf(variants, 'ports')).toEqual([['acpi-root-port', 'few 1', 'many 8']]);
  });

  test('tells machines apart by kernel, size and flags', () => {
    const variants = `{
      a: { guest: { kernel: stock, parameters: { x: 1 } } }, b: { guest: { kernel: patched, parameters: { x: 1 } } },
      c: { guest: { kernel: stock, parameters: { x: 2 } } }, d: { guest: { kernel: patched, parameters: { x: 2 } } },
      e: { guest: { cpus: 4, parameters: { x: 1, nokaslr: } } }, f: { guest: { cpus: 4, parameters: { x: 2, nokaslr: } } } }`;
    expect(seriesOf(variants, 'x')?.map(([name]) => name)).toEqual([
      'shpc-bridge, cpus 2, kernel stock, nokaslr not set',
      'shpc-bridge, cpus 2, kernel patched, nokaslr not set',
      'shpc-bridge, cpus 4, kernel stock, nokaslr set',
    ]);
  });

  test('tells builds and kernels of one name apart, by their paths', () => {
    const qemu = (path: string, value: number) => `{ qemu: ${path}/qemu, ${parameters(`x: ${value}`)} }`;
    const builds = `{ a: ${qemu('old', 1)}, b: ${qemu('old', 2)}, c: ${qemu('new', 1)}, d: ${qemu('new', 2)} }`;
    expect(seriesOf(builds, 'x')).toEqual([
      ['shpc-bridge, qemu old/qemu', 'a 1', 'b 2'],
      ['shpc-bridge, qemu new/qemu', 'c 1', 'd 2'],
    ]);
    const kernel = (path: string, value: number) =>
      `{ guest: { kernel: { image: ${path}/bzImage }, parameters: { x: ${value} } } }`;
    const kernels = `{ a: ${kernel('6.1', 1)}, b: ${kernel('6.1', 2)}, c: ${kernel('7', 1)}, d: ${kernel('7', 2)} }`;
    expect(seriesOf(kernels, 'x')?.map(([name]) => name)).toEqual([
      'shpc-bridge, kernel 6.1/bzImage',
      'shpc-bridge, kernel 7/bzImage',
    ]);
  });

  test('never mixes real and virtual time, nor fresh boots and restored ones', () => {
    const variant = (more: string, value: number) => `{ ${more}, guest: { cpus: 1, parameters: { x: ${value} } } }`;
    const variants = `{ a: ${variant('clock: real', 1)}, b: ${variant('clock: real', 2)},
      c: ${variant('clock: virtual', 1)}, d: ${variant('clock: virtual', 2)},
      e: ${variant('boot_mode: snapshot', 1)}, f: ${variant('boot_mode: snapshot', 2)} }`;
    expect(seriesOf(variants, 'x')).toEqual([
      ['shpc-bridge, boot_mode fresh, clock real', 'a 1', 'b 2'],
      ['shpc-bridge, boot_mode fresh, clock virtual', 'c 1', 'd 2'],
      ['shpc-bridge, boot_mode snapshot, clock real', 'e 1', 'f 2'],
    ]);
  });

  test('keeps a kernel parameter apart from a setting of the same name', () => {
    const variant = (count: number, cpus: number) => `{ guest: { cpus: ${cpus}, parameters: { cpus: ${count} } } }`;
    const variants = `{ a: ${variant(1, 1)}, b: ${variant(2, 1)}, c: ${variant(1, 2)}, d: ${variant(2, 2)} }`;
    expect(seriesOf(variants, 'cpus')).toEqual([
      ['shpc-bridge, cpus 1', 'a 1', 'b 2'],
      ['shpc-bridge, cpus 2', 'c 1', 'd 2'],
    ]);
  });

  test('does not mind how often, how long and by when is measured', () => {
    const variants = `{ a: { ${parameters('x: 1')} },
      b: { ${parameters('x: 2')}, sampling: { boots: 9 }, timeout: { boot: 1m }, deadline: { boot: 2s } } }`;
    expect(seriesOf(variants, 'x')).toEqual([['shpc-bridge', 'a 1', 'b 2']]);
  });

  test('goes over the number of devices, of CPUs and over memory too', () => {
    const series = (against: string, matrix: string, latency = 'last-plug') =>
      soundScenarioOf(`
name: x
defaults: { topology: shpc-bridge, device: nvme, sampling: { cycles: 1, warmup: 0 } }
matrix: ${matrix}
sequence: [boot, plug, unplug]
fit: [{ latency: ${latency}, against: ${against} }]
`).fits?.map(({ latency: of, name, members }) => [of, name, ...members.map(({ variant, x }) => `${variant} ${x}`)]);
    expect(series('count', '{ count: [1, 2, 4] }')).toEqual([
      ['last-plug', 'shpc-bridge', 'count1 1', 'count2 2', 'count4 4'],
    ]);
    expect(
      series('count', '{ count: [1, 8], load: { idle: {}, busy: { host: 2 } }, device: [nvme, virtio-rng] }'),
    ).toEqual([
      ['last-plug', 'shpc-bridge, device nvme, load idle', 'nvme-count1-idle 1', 'nvme-count8-idle 8'],
      ['last-plug', 'shpc-bridge, device nvme, load host2', 'nvme-count1-busy 1', 'nvme-count8-busy 8'],
      [
        'last-plug',
        'shpc-bridge, device virtio-rng, load idle',
        'virtio-rng-count1-idle 1',
        'virtio-rng-count8-idle 8',
      ],
      [
        'last-plug',
        'shpc-bridge, device virtio-rng, load host2',
        'virtio-rng-count1-busy 1',
        'virtio-rng-count8-busy 8',
      ],
    ]);
    expect(series('cpus', '{ cpus: [1, 2] }', 'boot')).toEqual([['boot', 'shpc-bridge', 'cpus1 1', 'cpus2 2']]);
    expect(series('memory', '{ memory: [512M, 1G] }', 'boot')).toEqual([
      ['boot', 'shpc-bridge', '512M 512', '1G 1024'],
    ]);
  });

  test('keeps variants with sequences of their own apart', () => {
    const variants = `{ a: { ${parameters('x: 1')} }, b: { ${parameters('x: 2')} },
      c: { ${parameters('x: 1')}, sequence: [boot, wait: 1s] }, d: { ${parameters('x: 3')}, sequence: [boot, wait: 1s] } }`;
    expect(seriesOf(variants, 'x')).toEqual([
      ['shpc-bridge, sequence not set', 'a 1', 'b 2'],
      ['shpc-bridge, sequence [boot,{wait:1000}]', 'c 1', 'd 3'],
    ]);
  });

  test('is none when the file asks for none', () => {
    expect(soundScenarioOf(scenarioText({}))).not.toHaveProperty('fits');
  });
});

describe('a fit that cannot be made is a problem', () => {
  const wrong = (variants: string, rest: string) => problemLines(scenarioText({ variants, rest }));
  const two = `{ a: { ${parameters('delay_ms: 0', 'other: yes')} }, b: { ${parameters('delay_ms: 5', 'other: no')} } }`;

  test('because nothing measures that latency', () => {
    const alike = `{ a: { ${parameters('delay_ms: 0')} }, b: { ${parameters('delay_ms: 5')} } }`;
    expect(wrong(alike, fitOf('delay_ms', 'plug'))).toEqual(['5:18: the sequence has no plug to fit, expected boot']);
    const defaults = '{ topology: shpc-bridge, guest: { iommu: true }, sampling: { cycles: 1, warmup: 0 } }';
    const sequence = '[boot, plug: virtio-blk, inspect: iommu-groups]';
    const rest = fitOf('delay_ms', 'unplug');
    expect(problemLines(scenarioText({ defaults, variants: alike, sequence, rest }))).toEqual([
      '5:18: the sequence has no unplug to fit, expected boot or plug',
    ]);
  });

  test('because what it is to be the last of does not go together', () => {
    const of = (sequence: string) =>
      problemLines(`name: x
defaults: { topology: shpc-bridge, device: nvme }
matrix: { count: [1, 2] }
sequence: ${sequence}
fit: [{ latency: last-plug, against: count }]
`);
    expect(of('[boot, plug, unplug]')).toEqual([]);
    expect(of('[boot, load: { guest: 1, steps: [plug, unplug] }]')).toEqual([]);
    expect(of('[boot, plug: { together: false }, unplug]')).toEqual([
      '5:18: the sequence has no last-plug to fit, expected boot, plug, unplug or last-unplug',
    ]);
  });

  test('because every step has its own number of what it goes over', () => {
    const of = (matrix: string, plug: string, fit = '') =>
      problemLines(`name: x
defaults: { topology: shpc-bridge }
matrix: ${matrix}
sequence: [boot, plug: ${plug}, unplug]
${fit}`);
    const fit = 'fit: [{ latency: last-plug, against: count }]';
    expect(of('{ count: [1, 2] }', '{ device: nvme, count: 4 }', fit)).toEqual([
      '3:11: the matrix goes over "count", and each plug step has its own, expected a step "plug" without a count of its own',
    ]);
    expect(of('{ count: [1, 2] }', 'nvme', fit)).toEqual([]);
    expect(of('{ device: [nvme, virtio-rng] }', '{ device: nvme, count: 4 }')).toEqual([
      '3:11: the matrix goes over "device", and each plug step has its own, expected a step "plug" or "plug: { … }" that names no device',
    ]);
    expect(of('{ device: [nvme, virtio-rng] }', '{ count: 4 }')).toEqual([]);
    expect(
      problemLines(`name: x
defaults: { topology: shpc-bridge }
variants: { a: { count: 1 }, b: { count: 2 } }
sequence: [boot, plug: { device: nvme, count: 3 }, unplug]
${fit}`),
    ).toEqual([
      '5:38: a fit against "count", and each plug step has its own, expected a step "plug" without a count of its own',
    ]);
  });

  test('because no variant sets the name', () => {
    expect(wrong(two, fitOf('dealy_ms'))).toEqual([
      '5:33: no variant sets "dealy_ms", expected delay_ms, other, count, cpus or memory, did you mean "delay_ms"?',
    ]);
    expect(wrong('{ a: {} }', fitOf('ports'))).toEqual([
      '5:33: no variant sets "ports", expected count, cpus or memory',
    ]);
  });

  test('because its values are not numbers, at each of them', () => {
    expect(wrong(two, fitOf('other'))).toEqual([
      '3:61: "other" is "yes", and a latency is to be fitted against it, expected a decimal number',
      '3:120: "other" is "no", and a latency is to be fitted against it, expected a decimal number',
    ]);
  });

  test.each(['0x10', '010', '1e3', '""', '.inf', '99999999999999999999', ''])('because %s is not a number', (value) => {
    const variants = `{ a: { ${parameters('x: 1')} }, b: { ${parameters(`x: ${value}`)} } }`;
    expect(wrong(variants, fitOf('x'))).toEqual([expect.stringContaining('expected a decimal number')]);
  });

  test('once for a value that comes from the defaults, where it stands', () => {
    const source = scenarioText({
      defaults: `{ topology: shpc-bridge, ${parameters('x: on')} }`,
      variants: '{ a: {}, b: {} }',
      rest: fitOf('x'),
    });
    expect(problemLines(source)).toEqual([
      '2:62: "x" is "on", and a latency is to be fitted against it, expected a decimal number',
    ]);
  });

  test('because nothing differs in it alone', () => {
    expect(wrong(two, fitOf('delay_ms'))).toEqual([
      '5:33: no two variants differ in "delay_ms" alone, expected variants with different values of it that are otherwise alike',
    ]);
  });

  test('but not when a variant with a mistake of its own may be meant', () => {
    expect(wrong('{ a: {}, b: { topology: 5 } }', fitOf('ports'))).toHaveLength(1);
  });
});
