import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentSecurityPolicy, packJson } from './security.ts';

test('the policy allows the script and the style of the page, and nothing else', () => {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(contentSecurityPolicy({ script: 'a()', style: 'b{}' }).split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash('a()')}`,
    `style-src ${hash('b{}')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test('no JSON can end the script element that it is in, and it is read back as it was', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      const packed = packJson(value);
      expect(packed).toMatch(/^[A-Za-z0-9+/=]+$/);
      expect(JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString())).toEqual(value);
    }),
  );
});
