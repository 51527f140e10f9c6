import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import type { IncidentDetails as Incident } from '../../api/answers.ts';
import { ApiError, api, contentOf } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** One thing that a person is asked for. With `options` a list to choose from, with `lines` a larger field. */
export interface OrderField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly start?: string;
  readonly required?: boolean;
  readonly kind?: 'number';
  readonly lines?: number;
  readonly maxLength?: number;
  readonly options?: readonly (readonly [value: string, label: string])[];
}

/**
 * Asks for what an action needs and sends it. An incident that somebody else changed since the dialog was opened is not changed before the
 * reader has seen what they did.
 */
export function Order(props: {
  readonly title: string;
  readonly verb: string;
  readonly fields: readonly OrderField[];
  readonly incident: Pick<Incident, 'id' | 'revision' | 'status'>;
  readonly send: (answers: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly refresh: () => unknown;
  readonly close: () => void;
  readonly children: ReactNode;
}) {
  const { title, verb, fields, incident, send, refresh, close, children } = props;
  const [seen] = useState(incident);
  const doing = useMutation({ mutationFn: send, onSuccess: close });
  const isRefused = doing.error instanceof ApiError && doing.error.status === 412;
  const isStale =
    !doing.isPending && (isRefused || seen.revision !== incident.revision || seen.status !== incident.status);
  return (
    <Dialog title={title} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          doing.mutate(Object.fromEntries(fields.map(({ name }) => [name, String(given.get(name) ?? '').trim()])));
        }}
      >
        <div className="prose">{children}</div>
        {fields.map((field) => (
          <Field key={field.name} field={field} />
        ))}
        {isStale ? <Meanwhile id={incident.id} refresh={refresh} /> : null}
        {doing.error === null || isRefused ? null : (
          <p className="refusal" role="alert">
            {doing.error.message}
          </p>
        )}
        <div className="form-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" disabled={doing.isPending || isStale}>
            {doing.isPending ? 'One moment …' : verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Who changed what since the reader opened the dialog. */
function Meanwhile({ id, refresh }: { readonly id: string; readonly refresh: () => unknown }) {
  const account = useLive(['timeline', id], async () =>
    contentOf(await api.incidents[':id'].timeline.$get({ param: { id } })),
  );
  // What was read for another part of the page may be older than the change.
  const last = account.isFetchedAfterMount ? account.data?.story.at(-1) : undefined;
  return (
    <div className="refusal" role="alert">
      It was changed meanwhile{last === undefined ? '.' : `: ${last.words}`} Nothing of yours was saved.{' '}
      <Button onClick={() => void refresh()}>Show what it is now</Button>
    </div>
  );
}

function Field({ field }: { readonly field: OrderField }) {
  const { name, label, hint, start = '', required = false, kind = 'text', lines, maxLength = 1000, options } = field;
  const id = useId();
  const common = { id, name, required, defaultValue: start, className: 'input' };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {options !== undefined ? (
        <select {...common}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      ) : lines !== undefined ? (
        <textarea {...common} rows={lines} maxLength={maxLength} />
      ) : kind === 'number' ? (
        <input {...common} type="number" min={0} max={525_600} />
      ) : (
        <input {...common} maxLength={maxLength} autoComplete="off" />
      )}
      {hint === undefined ? null : <span className="hint">{hint}</span>}
    </div>
  );
}
