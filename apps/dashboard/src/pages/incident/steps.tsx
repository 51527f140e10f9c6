import type { IncidentStory } from '../../api/answers.ts';
import { timeOfDay } from '../../ui/time.tsx';

type Step = IncidentStory['steps'][number];

const NAMES: Readonly<Record<Step['id'], string>> = {
  opened: 'Opened',
  gathered: 'Logs read',
  classified: 'Classified',
  diagnosed: 'Diagnosed',
  planned: 'Planned',
  approved: 'Approved',
  acted: 'Acted',
  verified: 'Verified',
  ended: 'Ended',
};
const STATES: Readonly<Record<Step['state'], string>> = {
  done: 'done',
  current: 'now',
  failed: 'went wrong',
  skipped: 'not needed',
  ahead: 'still to come',
};

/** The workflow as a line of steps, with where it is. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol className="steps" aria-label="Workflow">
      {steps.map(({ id, state, at, words }) => (
        <li key={id} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
          <span className="step-mark" aria-hidden="true" />
          <span className="step-name">
            {NAMES[id]}
            <span className="visually-hidden">: {STATES[state]}</span>
          </span>
          <span className="step-words" title={at === null ? undefined : timeOfDay(at)}>
            {state === 'skipped' ? 'not needed' : words}
          </span>
        </li>
      ))}
    </ol>
  );
}
