import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { withKernel } from './main.ts';

test('every variant has the kernel, and what else the file says stays', () => {
  const changed = withKernel(
    'name: x\ndefaults: { guest: { memory: 1G, kernel: patched } }\nvariants:\n  a: { guest: { kernel: stock, iommu: true } }\n  b: {}\n',
    '/k/bzImage',
  );
  expect(changed.ok && parse(changed.value)).toEqual({
    name: 'x',
    defaults: { guest: { memory: '1G', kernel: { image: '/k/bzImage' } } },
    variants: { a: { guest: { iommu: true } }, b: {} },
  });
});

test('a file without defaults gets some', () => {
  const changed = withKernel('name: x\nvariants: { a: {} }\n', '/k');
  expect(changed.ok && parse(changed.value)).toMatchObject({ defaults: { guest: { kernel: { image: '/k' } } } });
});

test('a matrix over kernels says itself which ones it wants', () => {
  expect(withKernel('name: x\nmatrix: { kernel: [stock, patched] }\n', '/k').ok).toBe(false);
});
