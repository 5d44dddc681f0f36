import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/**
 * What a page may do: run its own script and use its own style sheet, known by their hashes, and nothing else. No
 * network, no eval, no frames, no forms, no other base for its links.
 */
export function contentSecurityPolicy({ script, style }: { readonly script: string; readonly style: string }): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

/** JSON as text for a script element: a tenth as long, and nothing in it can end the element or begin another. */
export function packJson(value: unknown): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}
