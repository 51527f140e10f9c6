import type { Effect, Played } from './play.ts';

/** What must not be, in words; `handedOver`: why a person was asked, or null. */
export interface Verdict {
  readonly repeated: readonly string[];
  readonly lost: readonly string[];
  readonly handedOver: string | null;
}

/** Compares how an incident with faults went with one without. */
export function judge(reference: Played, played: Played): Verdict {
  const counts = countsOf(played.effects);
  const repeated = [...counts].flatMap(([what, count]) => (count > 1 ? [`${what}: ${count} times`] : []));
  const handedOver = played.end.kind === 'handed-over' ? played.end.reason : null;
  return { repeated, lost: handedOver === null ? missing(reference, played) : unrecorded(played), handedOver };
}

/** It ended as if all had gone well: then all was done. */
function missing(reference: Played, played: Played): string[] {
  const done = countsOf(played.effects);
  const state = lastState(played);
  return [
    ...[...countsOf(reference.effects).keys()].filter((what) => !done.has(what)).map((what) => `not done: ${what}`),
    ...(state === lastState(reference) ? [] : [`recorded as ${state}, not ${lastState(reference)}`]),
  ];
}

/** A person was asked: then nothing is recorded as left undone that was done. */
function unrecorded(played: Played): string[] {
  const acted = played.effects.some(({ phase }) => phase === 'act');
  const isRecorded = played.records.some(({ state }) => state !== 'refused');
  return acted && !isRecorded ? [`done, and recorded as ${lastState(played)}`] : [];
}

const lastState = ({ records }: Played): string => records.at(-1)?.state ?? 'no record';

/** What is created is named anew each time: by a number, the time, or the alarm's key. */
const OWN_NAME = /(\/pulls\/|\/issues\/|autofix-|\/retries\/|\/restarts\/|selfheal__)[0-9a-f-]+$/;

/** How often each thing was changed in the same step, whatever it was named by. */
function countsOf(effects: readonly Effect[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { phase, kind, target, facts } of effects) {
    // Clearing what is clear changes nothing, nor does a label that is there.
    if (facts.tasks === 0 || (kind === 'github.labels.added' && counts.has(nameOf(phase, kind, target)))) continue;
    const what = nameOf(phase, kind, target);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}

const nameOf = (phase: string, kind: string, target: string): string =>
  `${phase} ${kind} ${target.replace(OWN_NAME, '$1')}`;
