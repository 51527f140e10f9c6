import { Graph, layout } from '@dagrejs/dagre';
import { type FolderGroup, type GroupedImports, labelOf } from '../../domain/architecture/folder-groups.ts';

const NODE_HEIGHT = 44;
const CHARACTER_WIDTH = 7.6;
const PADDING = 24;
const LEGEND_HEIGHT = 40;
/** The legend's. */
const MIN_WIDTH = 620;

/** Characters that XML 1.0 does not allow, and those that mean something in it. */
const text = (value: string): string =>
  value
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replaceAll(/[\u0000-\u001f\u007f\ud800-\udfff\ufffe\uffff]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** How strong an arrow is drawn, in pixels: 1 for one import, about 4 for five hundred. */
const strokeWidth = (imports: number): string => (1 + Math.log10(imports)).toFixed(1);

const detailOf = ({ files, hotspots }: FolderGroup): string =>
  `${files} ${files === 1 ? 'file' : 'files'}${hotspots === 0 ? '' : ` · ${hotspots} ${hotspots === 1 ? 'hotspot' : 'hotspots'}`}`;

/**
 * Draws folders and their imports as an SVG document: importers on top, what they rest on below. The layout is that of dagre (layered, E. Gansner et
 * al., "A Technique for Drawing Directed Graphs", 1993); equal graphs give equal drawings.
 */
export function drawFolders({ groups, edges }: GroupedImports): string {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 46, edgesep: 10, marginx: PADDING, marginy: PADDING });
  graph.setDefaultEdgeLabel(() => ({}));
  groups.forEach((group, index) => {
    const width = Math.max(90, Math.max(labelOf(group).length, detailOf(group).length * 0.8) * CHARACTER_WIDTH + 20);
    graph.setNode(String(index), { width, height: NODE_HEIGHT });
  });
  // Whole numbers: dagre's network simplex finds no way out of rounding errors.
  for (const { from, to, imports } of edges)
    graph.setEdge(String(from), String(to), { weight: Math.ceil(Math.log2(imports + 1)) });
  // dagre finds no bounds of nothing.
  if (groups.length > 0) layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const ways = edges.map(
    (edge) => (graph.edge(String(edge.from), String(edge.to)) as { points?: Point[] }).points ?? [],
  );
  // The size that dagre tells is that of the boxes; arrows may go round them.
  const across = ways.flat().map(({ x }) => x);
  const left = Math.floor(Math.min(0, ...across.map((x) => x - PADDING)));
  const right = Math.ceil(Math.max(MIN_WIDTH, width, ...across.map((x) => x + PADDING)));
  const high = Math.ceil(height) + LEGEND_HEIGHT;
  const inCircle = new Set(edges.filter((edge) => edge.inCircle).flatMap(({ from, to }) => [from, to]));
  const lines = edges.map((edge, at) => {
    const names = `${groups[edge.from]?.name ?? ''} → ${groups[edge.to]?.name ?? ''}: ${edge.imports} imports`;
    const kind = edge.inCircle ? 'circle' : 'way';
    return `<path class="${kind}" d="${smooth(ways[at] ?? [])}" stroke-width="${strokeWidth(edge.imports)}" marker-end="url(#${kind})"><title>${text(names)}</title></path>`;
  });
  const boxes = groups.map((group, index) => {
    const { x, y, width: w } = graph.node(String(index)) as { x: number; y: number; width: number };
    const box = `x="${fixed(x - w / 2)}" y="${fixed(y - NODE_HEIGHT / 2)}" width="${fixed(w)}" height="${NODE_HEIGHT}" rx="6"`;
    return [
      `<g><title>${text(group.name)}</title><rect class="${boxClass(group, inCircle.has(index))}" ${box}/>`,
      `<text x="${fixed(x)}" y="${fixed(y - 4)}">${text(labelOf(group))}</text>`,
      `<text class="small" x="${fixed(x)}" y="${fixed(y + 13)}">${text(detailOf(group))}</text></g>`,
    ].join('');
  });
  return document({ left, wide: right - left, high }, [...lines, ...boxes, legend(high)]);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const fixed = (value: number): string => value.toFixed(1);

const boxClass = ({ hotspots }: FolderGroup, circle: boolean): string =>
  ['folder', ...(hotspots > 0 ? ['hot'] : []), ...(circle ? ['in-circle'] : [])].join(' ');

/** A line through the points of the layout, rounded at each of them. */
function smooth(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = [`M${fixed(first.x)},${fixed(first.y)}`];
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    if (next === undefined) parts.push(`L${fixed(point.x)},${fixed(point.y)}`);
    else
      parts.push(
        `Q${fixed(point.x)},${fixed(point.y)} ${fixed((point.x + next.x) / 2)},${fixed((point.y + next.y) / 2)}`,
      );
  });
  return parts.join('');
}

function legend(high: number): string {
  const y = high - 18;
  return [
    `<path class="way" d="M${PADDING},${y}h30" stroke-width="1.5" marker-end="url(#way)"/>`,
    `<text class="legend" x="${PADDING + 40}" y="${y + 4}">imports</text>`,
    `<path class="circle" d="M${PADDING + 110},${y}h30" stroke-width="1.5" marker-end="url(#circle)"/>`,
    `<text class="legend" x="${PADDING + 150}" y="${y + 4}">folders in a circle</text>`,
    `<rect class="folder hot" x="${PADDING + 280}" y="${y - 8}" width="16" height="16" rx="3"/>`,
    `<text class="legend" x="${PADDING + 304}" y="${y + 4}">holds complexity hotspots</text>`,
  ].join('');
}

function document(
  { left, wide, high }: { readonly left: number; readonly wide: number; readonly high: number },
  parts: readonly string[],
): string {
  const marker = (id: string, colour: string): string =>
    `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0L8,4L0,8z" fill="${colour}"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} 0 ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-label="Folders and their imports">
<style>
text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2933;text-anchor:middle}
.small{font-size:10.5px;fill:#52606d}
.legend{font-size:11px;fill:#52606d;text-anchor:start}
.folder{fill:#f0f4f8;stroke:#9fb3c8}
.hot{fill:#fff3dc;stroke:#e0a030}
.in-circle{stroke:#c62828;stroke-width:2}
.way,.circle{fill:none;stroke:#829ab1}
.circle{stroke:#c62828}
</style>
<defs>${marker('way', '#829ab1')}${marker('circle', '#c62828')}</defs>
<rect x="${left}" width="${wide}" height="${high}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}
