/**
 * The parameters of the drivers that are built into a kernel, such as `pciehp.button_delay_ms`, sorted. `modinfo` is
 * the content of `modules.builtin.modinfo`: strings `<module>.parmtype=<name>:<type>`, each ended by a zero byte
 * (Documentation/kbuild/kbuild.rst).
 */
export function builtinParameters(modinfo: Buffer): readonly string[] {
  const matches = modinfo.toString('latin1').matchAll(/(?<=^|\0)([^.\0]+)\.parmtype=([^:\0]+):/g);
  return [...new Set([...matches].map(([, module, parameter]) => `${module}.${parameter}`))].sort();
}
