import { expect, test } from 'vitest';
import { builtinParameters } from './kernel-payload.ts';

/** As in a kernel's modules.builtin.modinfo. */
function modinfo(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\0`).join(''), 'latin1');
}

test('parameters are named as on the kernel command line, each once, sorted', () => {
  const content = modinfo(
    'shpchp.license=GPL',
    'shpchp.parm=settle_ms:Time to settle, in milliseconds',
    'shpchp.parmtype=settle_ms:uint',
    'shpchp.parmtype=shpchp_debug:bool',
    'pciehp.parmtype=button_delay_ms:uint',
    'pciehp.parmtype=button_delay_ms:uint',
  );
  expect(builtinParameters(content)).toEqual(['pciehp.button_delay_ms', 'shpchp.settle_ms', 'shpchp.shpchp_debug']);
});

test('a description that looks like a parameter is none', () => {
  expect(builtinParameters(modinfo('a.description=see b.parmtype=c:int', 'a.parm=x:y.parmtype=z:int'))).toEqual([]);
});

test('an empty file has none', () => {
  expect(builtinParameters(Buffer.alloc(0))).toEqual([]);
});
