import type { HealState, WorkflowEdge } from '#shared/domain/workflow/heal-graph.ts';
import type { healDefinition } from './heal.ts';

/** States that people see as one; every family of actions is `Act`. Choices are not seen: they are the ways between the others. */
const SEEN_AS: Readonly<Record<string, HealState>> = {
  GatherRest: 'Gather',
  Knowledge: 'Analyze',
  AnnounceRequest: 'Approve',
  Announce: 'Verify',
  VerifyWait: 'Verify',
  RecordLinked: 'Record',
  Notify: 'Record',
  NotifyWithoutGithub: 'Record',
  LastResort: 'Record',
  Failed: 'Record',
  Done: 'Record',
};

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
}

/**
 * The healing workflow as people see it: the ways between its states, each with the answers that lead there. `npm run workflow` writes it
 * to `shared/domain/workflow/heal-graph.json`.
 */
export function healGraph({ States }: ReturnType<typeof healDefinition>): WorkflowEdge[] {
  const states = States as Readonly<Record<string, State>>;
  const edges = new Map<string, { from: HealState; to: HealState; on: string[]; onError: boolean }>();
  const add = (from: HealState, target: string, answer: string | null, onError: boolean): void => {
    const state = states[target];
    if (state?.Type === 'Choice') {
      for (const { Condition, Next } of state.Choices ?? []) add(from, Next, answerIn(Condition), onError);
      if (state.Default !== undefined) add(from, state.Default, null, onError);
      return;
    }
    const to = seenAs(target);
    if (from === to) return;
    const edge = edges.get(`${from} ${to}`) ?? { from, to, on: [], onError };
    if (answer !== null && !edge.on.includes(answer)) edge.on.push(answer);
    edges.set(`${from} ${to}`, { ...edge, onError: edge.onError && onError });
  };
  for (const [name, { Type, Next, Catch = [] }] of Object.entries(states)) {
    if (Type === 'Choice') continue;
    if (Next !== undefined) add(seenAs(name), Next, null, false);
    for (const caught of Catch) add(seenAs(name), caught.Next, null, true);
  }
  return [...edges.values()];
}

function seenAs(state: string): HealState {
  return SEEN_AS[state] ?? (/^Act[A-Z]/.test(state) ? 'Act' : (state as HealState));
}

/** `act` of `$plan.decision = 'act'`. */
function answerIn(condition: string): string | null {
  return /(?<!!)= '(\w+)'/.exec(condition)?.[1] ?? null;
}
