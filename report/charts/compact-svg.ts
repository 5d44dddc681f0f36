/**
 * Leaves out of a drawing by Vega what a page does not need, which is three quarters: defaults, empty groups, roles,
 * labels that are hidden, decimals below a tenth of a pixel, and what neighbours have in common. Names of clipping paths
 * are made unique among the charts of the page.
 */
export function compact(svg: string, id: string): string {
  return withoutBareGroups(shared(shorterMarks(withoutDefaults(svg, id))));
}

function withoutDefaults(svg: string, id: string): string {
  return svg
    .replace(/<rect width="\d+" height="\d+" fill="transparent"\/>/, '')
    .replaceAll(/<text [^>]*opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replaceAll(/<path class="(?:background|foreground)"[^>]*\/>/g, '')
    .replaceAll(/<[^>]*>/g, (tag) => shorterTag(tag, id))
    .replaceAll(/<(line|path)[^>]*(?: d="")[^>]*\/>/g, '')
    .replaceAll(/<g><\/g>/g, '');
}

/** A tag alone: what a text says is neither an attribute nor a coordinate, whatever it looks like. */
function shorterTag(tag: string, id: string): string {
  return tag
    .replaceAll(/ (?:xmlns|xmlns:xlink|version)="[^"]*"/g, '')
    .replaceAll(/ (?:opacity|stroke-width)="1"/g, '')
    .replaceAll(/ (?:font-family|role|aria-[a-z]+|pointer-events|xml:space|class)="[^"]*"/g, '')
    .replaceAll(/ font-size="12px"/g, '')
    .replaceAll(/(\d)\.0\d*(?!\d)|(\d\.[1-9])\d+/g, '$1$2')
    .replaceAll(/ transform="translate\(0,0\)"/g, '')
    .replaceAll(/(url\(#|id=")clip/g, `$1${id}-clip`);
}

/** Vega moves a mark to its place where a mark can also say where it is, and draws circles as paths of two arcs. */
function shorterMarks(svg: string): string {
  return svg
    .replaceAll(
      /<path transform="translate\(([-\d.]+),([-\d.]+)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"/g,
      '<circle cx="$1" cy="$2" r="$3"',
    )
    .replaceAll(
      /<line transform="translate\(([-\d.]+),([-\d.]+)\)" x2="([-\d.]+)" y2="([-\d.]+)"/g,
      '<path d="M$1,$2l$3,$4"',
    )
    .replaceAll(/<text([^>]*) transform="translate\(([-\d.]+),([-\d.]+)\)"/g, '<text$1 x="$2" y="$3"');
}

/** Groups of nothing but marks, and attributes that their marks would inherit from the group. */
const GROUP_OF_MARKS = /<g>((?:<(?:path|line|circle)[^>]*\/>|<text[^>]*>[^<]*<\/text>){2,})<\/g>/g;
const INHERITED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-weight', 'text-anchor'];

/** Says once, for the group, what all its marks have in common. */
function shared(svg: string): string {
  return svg.replaceAll(GROUP_OF_MARKS, (_group, separate: string) => {
    const marks = joinedPaths(separate);
    const each = marks.match(/<(?:path|line|circle|text)[^>]*>/g) ?? [];
    const common = INHERITED.flatMap((name) => {
      const attribute = new RegExp(` ${name}="[^"]*"`).exec(each[0] ?? '')?.[0];
      return attribute !== undefined && each.every((mark) => mark.includes(attribute)) ? [attribute] : [];
    });
    if (common.length === 0) return `<g>${marks}</g>`;
    // Within the marks alone, as above.
    const bare = marks.replaceAll(/<(?:path|line|circle|text)[^>]*>/g, (mark) =>
      common.reduce((rest, attribute) => rest.replace(attribute, ''), mark),
    );
    return `<g${common.join('')}>${bare}</g>`;
  });
}

/** Paths that follow each other and look alike, as one. */
function joinedPaths(marks: string): string {
  return marks.replaceAll(/(<path d="[^"]*)"([^>]*\/>)(?:<path d="[^"]*"\2)+/g, (run, _first, look: string) => {
    const lines = [...run.matchAll(/<path d="([^"]*)"/g)].map(([, line]) => line);
    return `<path d="${lines.join('')}"${look}`;
  });
}

/** Groups that say nothing about what is in them, which most of Vega's do not. */
function withoutBareGroups(svg: string): string {
  const open: boolean[] = [];
  return svg.replaceAll(/<g(?: [^>]*)?>|<\/g>/g, (tag) => {
    if (tag !== '</g>') {
      open.push(tag !== '<g>');
      return tag === '<g>' ? '' : tag;
    }
    return open.pop() ? tag : '';
  });
}
