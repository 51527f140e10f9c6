import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { clockTime } from '../../ui/time.tsx';
import { changeOf, type Editing } from './draft.ts';
import type { Policy } from './policy-api.ts';

interface Freeze {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Periods in which nothing is changed: deployed ones, and those that were set here. */
export function Freezes({ policy, editing }: { readonly policy: Policy; readonly editing: Editing }) {
  const [isAdding, setIsAdding] = useState(false);
  const stored = policy.overlay.freezes ?? {};
  const drafted = [...(editing.draft?.changes ?? [])].flatMap(([key, value]) => {
    const [kind, name = ''] = JSON.parse(key) as string[];
    return kind === 'freezes' && value !== null ? [[name, value as Freeze] as const] : [];
  });
  const own = [...Object.entries(stored).filter(([name]) => !drafted.some(([other]) => other === name)), ...drafted];
  const isEmpty = own.length === 0 && policy.deployed.freezes.length === 0;
  return (
    <section className="card">
      <div className="card-head">
        <h2>Freezes</h2>
        <span className="end">
          <Button onClick={() => setIsAdding(true)}>Add a freeze</Button>
        </span>
      </div>
      {isEmpty ? <p className="card-body soft">No freeze is set.</p> : null}
      <ul className="freezes">
        {policy.deployed.freezes.map((freeze) => (
          <li key={`${freeze.from} ${freeze.reason}`}>
            <Period freeze={freeze} />
            <span className="soft end">deployed</span>
          </li>
        ))}
        {own.map(([name, freeze]) => {
          const path = ['freezes', name];
          const isGone = changeOf(editing.draft, path) === null;
          const isNew = !Object.hasOwn(stored, name);
          return (
            <li key={name} data-changed={isNew || isGone || undefined}>
              {isGone ? (
                <del>
                  <Period freeze={freeze} />
                </del>
              ) : (
                <Period freeze={freeze} />
              )}
              <span className="end">
                <Button
                  aria-label={`${isGone ? 'Keep' : 'Take back'} the freeze ${freeze.reason}`}
                  onClick={() => (isNew || isGone ? editing.drop(path) : editing.set(path, null))}
                >
                  {isGone ? 'Keep' : 'Take back'}
                </Button>
              </span>
            </li>
          );
        })}
      </ul>
      {isAdding ? (
        <FreezeDialog
          add={(freeze) => editing.set(['freezes', freeNameOf(freeze, own)], freeze)}
          close={() => setIsAdding(false)}
        />
      ) : null}
    </section>
  );
}

function Period({ freeze: { from, to, reason } }: { readonly freeze: Freeze }) {
  return (
    <span>
      <strong>{reason === '' ? 'Frozen' : reason}</strong>
      <span className="hint">
        {' '}
        from {clockTime(from)} to {clockTime(to)}
      </span>
    </span>
  );
}

/** A name from the words of the reason, that none of the others has. */
function freeNameOf({ reason, from }: Freeze, own: readonly (readonly [string, unknown])[]): string {
  const words = reason
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const base = `${words || 'freeze'}-${from.slice(0, 10)}`;
  const taken = new Set(own.map(([name]) => name));
  for (let at = 1; ; at += 1) {
    const name = at === 1 ? base : `${base}-${at}`;
    if (!taken.has(name)) return name;
  }
}

function FreezeDialog({ add, close }: { readonly add: (freeze: Freeze) => void; readonly close: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (form: FormData) => {
    const [from, to] = [new Date(String(form.get('from'))), new Date(String(form.get('to')))];
    if (from >= to) return setProblem('The end must be later than the beginning.');
    add({ from: from.toISOString(), to: to.toISOString(), reason: String(form.get('reason')).trim() });
    close();
  };
  return (
    <Dialog title="Add a freeze" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <p>Nothing is changed anywhere during a freeze. Times are in the time zone of this device.</p>
        <div className="form-row">
          <div className="field">
            <label htmlFor="freeze-from">From</label>
            <input id="freeze-from" className="input" type="datetime-local" name="from" required />
          </div>
          <div className="field">
            <label htmlFor="freeze-to">To</label>
            <input id="freeze-to" className="input" type="datetime-local" name="to" required />
          </div>
        </div>
        <div className="field">
          <label htmlFor="freeze-reason">What for</label>
          <input id="freeze-reason" className="input" name="reason" required minLength={3} maxLength={200} />
        </div>
        {problem === null ? null : (
          <p className="refusal" role="alert">
            {problem}
          </p>
        )}
        <div className="form-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" type="submit">
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
