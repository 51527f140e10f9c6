import type { CSSProperties } from 'react';
import { HEAL_EDGES, HEAL_STATES, type HealState, type WorkflowEdge } from '#shared/domain/workflow/heal-graph.ts';
import type { IncidentStory } from '../../api/answers.ts';
import { timeOfDay } from '../../ui/time.tsx';
import './workflow-graph.css';

type Path = IncidentStory['workflow'];

const NAMES: Readonly<Record<HealState, string>> = {
  Gather: 'Read logs',
  Classify: 'Classify',
  Analyze: 'Diagnose',
  Plan: 'Plan',
  Hold: 'Hold',
  Approve: 'Ask',
  Guard: 'Guard',
  Act: 'Act',
  Verify: 'Verify',
  Undo: 'Undo',
  Escalate: 'Hand over',
  Record: 'Record',
};
const STATES: Readonly<Record<Path['states'][number]['state'], string>> = {
  done: 'done',
  current: 'now',
  failed: 'went wrong',
  skipped: 'not needed',
  ahead: 'still to come',
};
const UNKNOWN: Path = {
  states: HEAL_STATES.map((id) => ({ id, state: 'ahead', at: null, words: '' })),
  taken: [],
};

/** A place: along the workflow, and across it. The states in a row are at lane 2; lane 0 and what is between lanes is for edges only. */
type Place = readonly [along: number, lane: number];

const PLACES: Readonly<Record<HealState, Place>> = {
  Gather: [0, 2],
  Classify: [1, 2],
  Analyze: [2, 2],
  Plan: [3, 2],
  Hold: [3, 1],
  Approve: [4, 1],
  Guard: [5, 2],
  Act: [6, 2],
  Verify: [7, 2],
  Undo: [7, 3],
  Escalate: [7, 4],
  Record: [8, 2],
};

/** The bends of edges that are neither straight nor lead out of the row to its end. */
const BENDS: Readonly<Record<string, readonly Place[]>> = {
  'Plan Hold': [
    [2.9, 2],
    [2.9, 1],
  ],
  'Hold Plan': [
    [3.1, 1],
    [3.1, 2],
  ],
  'Plan Approve': [
    [3.5, 2],
    [3.5, 1],
  ],
  'Approve Guard': [
    [4.5, 1],
    [4.5, 2],
  ],
  'Approve Escalate': [[4, 4]],
  'Act Plan': [
    [6, 2.5],
    [3.15, 2.5],
    [3.15, 2],
  ],
  'Verify Plan': [
    [6.8, 2],
    [6.8, 2.5],
    [3.15, 2.5],
    [3.15, 2],
  ],
  'Undo Plan': [
    [2.85, 3],
    [2.85, 2],
  ],
  'Verify Escalate': [
    [7.5, 2],
    [7.5, 3.5],
    [7.2, 3.5],
    [7.2, 4],
  ],
  'Escalate Record': [[8, 4]],
};

/** Ways that no state is named after. */
const LABELS: readonly {
  readonly answer: string;
  readonly from: HealState;
  readonly at: Place;
  readonly words: string;
}[] = [
  { answer: 'act', from: 'Plan', at: [4.25, 2], words: 'act' },
  { answer: 'suggest', from: 'Plan', at: [5.2, 0], words: 'suggest' },
];

/** Where places are in pixels: the wide drawing goes from left to right, the narrow one from top to bottom. */
interface Drawing {
  readonly look: 'wide' | 'narrow';
  readonly size: readonly [width: number, height: number];
  /** Half of the box of a state. */
  readonly half: readonly [x: number, y: number];
  point(place: Place): readonly [x: number, y: number];
}

const WIDE: Drawing = {
  look: 'wide',
  size: [814, 268],
  half: [40, 23],
  point: ([along, lane]) => [along * 91 + 43, between([10, 46, 112, 178, 244], lane)],
};
const NARROW: Drawing = {
  look: 'narrow',
  size: [348, 548],
  half: [37, 22],
  point: ([along, lane]) => [between([20, 71, 152, 232, 310], lane), along * 62 + 26],
};

function between(lanes: readonly number[], lane: number): number {
  const [low = 0, high = low] = lanes.slice(Math.floor(lane));
  return low + (high - low) * (lane % 1);
}

/** The states that were visited, in one line. */
export function WorkflowSteps({ path = UNKNOWN }: { readonly path?: Path | undefined }) {
  const visited = path.states.filter(({ state }) => state === 'done' || state === 'failed' || state === 'current');
  return (
    <span className="workflow-steps">
      {visited.length === 0 ? <span className="soft">Not begun</span> : null}
      {visited.map(({ id, state, words }) => (
        <span key={id} className="step" data-state={state}>
          {NAMES[id]}
          {words === '' ? null : <span className="soft"> {words}</span>}
          <span className="visually-hidden">, {STATES[state]}</span>
        </span>
      ))}
      <span className="step-more">Whole workflow</span>
    </span>
  );
}

/** The workflow as the graph of its definition: the way that was taken lit, where it is, and what was not needed faint. */
export function WorkflowGraph({ path = UNKNOWN }: { readonly path?: Path | undefined }) {
  return (
    <div className="workflow">
      <div className="workflow-drawing">
        {[WIDE, NARROW].map((drawing) => (
          <Edges key={drawing.look} drawing={drawing} path={path} />
        ))}
        <ol aria-label="Workflow">
          {path.states.map(({ id, state, at, words }) => (
            <li
              key={id}
              data-state={state}
              aria-current={state === 'current' ? 'step' : undefined}
              style={placeOf(id)}
              title={[words, at === null ? '' : timeOfDay(at)].filter((text) => text !== '').join(', ') || undefined}
            >
              <span className="state-name">
                {NAMES[id]}
                <span className="visually-hidden">: {STATES[state]}</span>
              </span>
              {words === '' ? null : <span className="state-words">{words}</span>}
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function placeOf(id: HealState): CSSProperties {
  const [wideX, wideY] = WIDE.point(PLACES[id]);
  const [narrowX, narrowY] = NARROW.point(PLACES[id]);
  const places = { '--wide-x': wideX, '--wide-y': wideY, '--narrow-x': narrowX, '--narrow-y': narrowY };
  return Object.fromEntries(Object.entries(places).map(([name, pixels]) => [name, `${pixels}px`]));
}

function Edges({ drawing, path }: { readonly drawing: Drawing; readonly path: Path }) {
  const { look, size } = drawing;
  const states = new Map(path.states.map(({ id, state }) => [id, state]));
  const lookOf = ({ from, to }: WorkflowEdge) =>
    path.taken.some((way) => way.from === from && way.to === to)
      ? 'taken'
      : [from, to].some((id) => states.get(id) === 'skipped') || path.states.every(({ state }) => state !== 'current')
        ? 'skipped'
        : 'ahead';
  // The last are on top.
  const order = ['skipped', 'ahead', 'taken'];
  const edges = HEAL_EDGES.map((edge) => ({ edge, state: lookOf(edge) }))
    .filter(({ edge, state }) => !edge.onError || state === 'taken')
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return (
    <svg className={look} width={size[0]} height={size[1]} viewBox={`0 0 ${size.join(' ')}`} aria-hidden="true">
      {edges.map(({ edge, state }) => {
        const { line, head } = shapeOf(edge, drawing);
        return (
          <g key={`${edge.from} ${edge.to}`} className="edge" data-state={state}>
            <path d={line} />
            <path d={head} className="edge-head" />
          </g>
        );
      })}
      {LABELS.filter(({ from, answer }) =>
        HEAL_EDGES.some((edge) => edge.from === from && edge.on.includes(answer)),
      ).map(({ words, at }) => {
        const [x, y] = drawing.point(at);
        return (
          <text key={words} x={x} y={y + 3.5}>
            {words}
          </text>
        );
      })}
    </svg>
  );
}

function bendsOf({ from, to }: WorkflowEdge): readonly Place[] {
  const bends = BENDS[`${from} ${to}`];
  if (bends !== undefined) return bends;
  const [along, lane] = PLACES[from];
  const [end, endLane] = PLACES[to];
  if (along === end || (lane === endLane && (to !== 'Record' || along === end - 1))) return [];
  const outer = to === 'Record' ? 0 : endLane;
  return [[along + 0.5, lane], [along + 0.5, outer], ...(to === 'Record' ? [[end, outer] as const] : [])];
}

const HEAD = 5;

/** The line of an edge, with rounded corners, and the arrow at its end, which touches the box of the state. */
function shapeOf(edge: WorkflowEdge, { point, half }: Drawing): { readonly line: string; readonly head: string } {
  const [x, y] = point(PLACES[edge.to]);
  const points = [PLACES[edge.from], ...bendsOf(edge)].map(point);
  const aim = points.at(-1) ?? [x, y];
  // The last bend may be inside the box, beside its middle.
  if (Math.abs(aim[0] - x) <= half[0] && Math.abs(aim[1] - y) <= half[1]) points.pop();
  const [fromX, fromY] = points.at(-1) ?? aim;
  const isLevel = Math.abs(fromX - x) > half[0];
  const sign = Math.sign(isLevel ? x - fromX : y - fromY);
  const [tipX, tipY] = isLevel ? [x - sign * half[0], aim[1]] : [aim[0], y - sign * half[1]];
  points.push(isLevel ? [tipX - sign * HEAD, tipY] : [tipX, tipY - sign * HEAD]);
  const back = `${-sign * HEAD}`;
  const head = isLevel
    ? `M${tipX} ${tipY}l${back} ${-HEAD * 0.7}v${HEAD * 1.4}z`
    : `M${tipX} ${tipY}l${-HEAD * 0.7} ${back}h${HEAD * 1.4}z`;
  return { line: roundedLine(points), head };
}

function roundedLine(points: readonly (readonly [x: number, y: number])[]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M${x} ${y}`;
      if (after === undefined) return `L${x} ${y}`;
      const towards = ([toX, toY]: readonly [number, number]) => {
        const length = Math.hypot(toX - x, toY - y);
        const radius = Math.min(7, length / 2) / (length || 1);
        return `${x + (toX - x) * radius} ${y + (toY - y) * radius}`;
      };
      return `L${towards(before)}Q${x} ${y} ${towards(after)}`;
    })
    .join('');
}
