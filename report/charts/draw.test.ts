import { expect, test } from 'vitest';
import { compact } from './draw.ts';

test('what is compacted draws the same: defaults and empty groups go, common attributes are said once', () => {
  const svg =
    '<svg xmlns="v" xmlns:xlink="x" version="1.1" width="9"><g class="a" role="b"></g><g aria-hidden="true">' +
    '<path d="M0.12345,1" fill="red" opacity="1" pointer-events="none"/><path d="M2,3.04" fill="red" stroke="blue"/></g>' +
    '<g clip-path="url(#clip1)"><text opacity="0">gone</text></g><clipPath id="clip1"></clipPath></svg>';
  expect(compact(svg, 'chart')).toBe(
    '<svg width="9"><g fill="red"><path d="M0.1,1"/><path d="M2,3" stroke="blue"/></g>' +
      '<g clip-path="url(#chart-clip1)"></g><clipPath id="chart-clip1"></clipPath></svg>',
  );
});

test('an attribute or a figure in a text is text', () => {
  const svg = '<svg><g><text fill="red">a fill="red" class="c"</text><text fill="red">1.86 ms</text></g></svg>';
  expect(compact(svg, 'x')).toBe(
    '<svg><g fill="red"><text>a fill="red" class="c"</text><text>1.86 ms</text></g></svg>',
  );
});

test('marks that look alike and follow each other are one', () => {
  const tick = (x: number, fill: string) => `<path d="M${x},1h2v9h-2Z" fill="${fill}" opacity="0.8"/>`;
  const svg = `<svg><g>${tick(1, 'red')}${tick(5, 'red')}${tick(9, 'blue')}${tick(11, 'red')}</g></svg>`;
  expect(compact(svg, 'x')).toBe(
    '<svg><path d="M1,1h2v9h-2ZM5,1h2v9h-2Z" fill="red" opacity="0.8"/>' +
      '<path d="M9,1h2v9h-2Z" fill="blue" opacity="0.8"/><path d="M11,1h2v9h-2Z" fill="red" opacity="0.8"/></svg>',
  );
});

test('a mark says itself where it is; groups stay where they say something', () => {
  const svg =
    '<svg><g transform="translate(7,7)"><g><path transform="translate(3,4)" d="M2.8,0A2.8,2.8,0,1,1,-2.8,0A2.8,2.8,0,1,1,2.8,0" ' +
    'fill="red"/></g><g><line transform="translate(5,6)" x2="0" y2="-9" stroke="red"/></g>' +
    '<text text-anchor="end" transform="translate(-6,16.5)">a</text><text transform="translate(1,2) rotate(-90)">b</text></g></svg>';
  expect(compact(svg, 'x')).toBe(
    '<svg><g transform="translate(7,7)"><circle cx="3" cy="4" r="2.8" fill="red"/><path d="M5,6l0,-9" stroke="red"/>' +
      '<text text-anchor="end" x="-6" y="16.5">a</text><text transform="translate(1,2) rotate(-90)">b</text></g></svg>',
  );
});
