import type { VariantPart } from '../model/report-model.ts';
import { count } from '../words.ts';
import { html, type Markup } from './markup.ts';

const WIDTH = 320;
const SLOT = 9;
const SLOT_GAP = 3;
const SLOTS_PER_ROW = 16;
const ROW = 34;
/** More bridges than these are drawn as one line that counts them. */
const MAX_BRIDGES = 6;

/** A small drawing of a machine's hot-plug slots: the root bus, what hangs on it, and the slots as boxes. */
export function treeDrawing({ tree, controller, topology }: VariantPart): Markup {
  if (tree.machine === '') return null;
  const rootBus = tree.machine === 'q35' ? 'pcie.0' : 'pci.0';
  const shown = tree.bridges.slice(0, tree.bridges.length > MAX_BRIDGES ? MAX_BRIDGES - 1 : MAX_BRIDGES);
  const more = tree.bridges.length - shown.length;
  const rows = [
    ...(tree.rootSlots > 0 ? [{ label: 'slots', slots: tree.rootSlots }] : []),
    ...shown.map(({ place, slots }) => ({ label: `${slots > 1 ? 'bridge' : 'port'} ${place}`, slots })),
    ...(more > 0 ? [{ label: `and ${more} more ports`, slots: 0 }] : []),
  ];
  const height = 34 + Math.max(rows.length, 1) * ROW;
  const slots = tree.rootSlots + tree.bridges.reduce((sum, bridge) => sum + bridge.slots, 0);
  const label = `${topology}: ${tree.machine}, ${count(slots, 'slot')} for hot-plug, driven by ${controller}`;
  return html`
    <svg class="tree" viewBox=${`0 0 ${WIDTH} ${height}`} width=${WIDTH} height=${height} role="img" aria-label=${label}>
      <rect x="1" y="1" width="148" height="22" rx="4" fill="var(--raised)" stroke="var(--rule)" />
      <text x="9" y="16">${tree.machine} · ${rootBus}</text>
      <text x=${WIDTH} y="16" text-anchor="end" fill="var(--muted)">${controller}</text>
      <path d=${`M14,23V${23 + Math.max(0, rows.length - 1) * ROW + 20}`} stroke="var(--rule)" fill="none" />
      ${rows.map(({ label: text, slots: inRow }, index) => {
        const y = 23 + index * ROW + 20;
        return html`<g>
          <path d=${`M14,${y}h12`} stroke="var(--rule)" fill="none" />
          <text x="30" y=${y + 4}>${text}</text>
          ${boxes(inRow, y)}
        </g>`;
      })}
      ${rows.length === 0 && html`<text x="30" y="47" fill="var(--muted)">no slots</text>`}
    </svg>
  `;
}

/** All slots of a row as one path: some machines have hundreds. */
function boxes(slots: number, y: number): Markup {
  if (slots === 0) return null;
  const rows = Math.ceil(slots / SLOTS_PER_ROW);
  const squares = Array.from({ length: slots }, (_, index) => {
    const x = 120 + (index % SLOTS_PER_ROW) * (SLOT + SLOT_GAP);
    const top = y - (rows * (SLOT + SLOT_GAP)) / 2 + Math.floor(index / SLOTS_PER_ROW) * (SLOT + SLOT_GAP) + 1;
    return `M${x},${top}h${SLOT}v${SLOT}h-${SLOT}z`;
  });
  return html`<path d=${squares.join('')} stroke-linejoin="round" fill="none" stroke="var(--guest)" />`;
}
