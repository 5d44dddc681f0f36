import { expect, test } from 'vitest';
import { compact } from './draw.ts';

test('what is compacted draws the same: defaults and empty groups go, common attributes are said once', () => {
  const svg =
    '<svg xmlns:xlink="x" width="9"><g class="a" role="b"></g><g aria-hidden="true">' +
    '<path d="M0.12345,1" fill="red" opacity="1" pointer-events="none"/><path d="M2,3" fill="red" stroke-width="1"/></g>' +
    '<g clip-path="url(#clip1)"><text opacity="0">gone</text></g><clipPath id="clip1"></clipPath></svg>';
  expect(compact(svg, 'chart')).toBe(
    '<svg width="9"><g fill="red"><path d="M0.1,1"/><path d="M2,3"/></g>' +
      '<g clip-path="url(#chart-clip1)"></g><clipPath id="chart-clip1"></clipPath></svg>',
  );
});

test('an attribute in a text is text', () => {
  const svg = '<svg><g><text fill="red">a fill="red"</text><text fill="red">b</text></g></svg>';
  expect(compact(svg, 'x')).toBe('<svg><g fill="red"><text>a fill="red"</text><text>b</text></g></svg>');
});
