/** A QMP command to be sent: `execute` and `arguments`. */
export interface QmpCommand {
  readonly execute: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** QEMU's own escape for a comma inside an option value. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}
