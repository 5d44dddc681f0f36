import { createHash } from 'node:crypto';

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

/** JSON as the text of a script element: nothing in it can end the element or begin another. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
