import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InferRequestType } from 'hono/client';
import { useId } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Conflict, Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { ClassOptions } from '../knowledge/words.tsx';
import '../../ui/form.css';

type Order = InferRequestType<typeof api.experiments.$post>['json'];

/** Compares two solutions for some days; the dialog stays with what was entered when the API refuses. */
export function StartExperiment({ close }: { readonly close: () => void }) {
  const queries = useQueryClient();
  const actions = useQuery({
    queryKey: ['actions'],
    queryFn: async () => (await contentOf(await api.actions.$get())).actions,
    staleTime: 60_000,
  });
  const starting = useMutation({
    mutationFn: async (order: Order) => contentOf(await api.experiments.$post({ json: order })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['experiments'] });
      close();
    },
  });
  const solutions = actions.data?.map(({ id }) => id) ?? [];
  return (
    <Dialog title="Start an experiment" close={close}>
      {actions.error === null || actions.data !== undefined ? null : (
        <ErrorState error={actions.error} retry={() => void actions.refetch()} />
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          starting.mutate(orderOf(new FormData(event.currentTarget)));
        }}
      >
        <Text name="title" label="What is compared" maxLength={200} required />
        <div className="form-row">
          <Solution name="solutionA" label="First solution" solutions={['ranked', ...solutions]} />
          <Solution name="solutionB" label="Second solution" solutions={solutions} />
        </div>
        <Choice name="class" label="For failures of the class">
          <option value="">All classes</option>
          <ClassOptions />
        </Choice>
        <div className="form-row">
          <Text
            name="repository"
            label="Only in the repository"
            placeholder="acme/shop"
            pattern="[\w\-]+/[\w.\-]+"
            title="owner/name"
          />
          <Text name="service" label="Only for the service" placeholder="checkout" pattern="[a-z0-9][a-z0-9\-]*" />
        </div>
        <div className="form-row">
          <Text
            name="percentA"
            label="Share of the first, in %"
            type="number"
            min={1}
            max={99}
            defaultValue={50}
            required
          />
          <Text name="days" label="Days" type="number" min={1} defaultValue={14} required />
        </div>
        <p className="hint">It changes only which action comes first, and never to a riskier one.</p>
        <Conflict error={starting.error} refresh={close} />
        <div className="form-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" type="submit" disabled={starting.isPending || actions.data === undefined}>
            {starting.isPending ? 'Starting …' : 'Start'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function orderOf(form: FormData): Order {
  const text = (name: string): string => String(form.get(name) ?? '').trim();
  const given = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
  return {
    id: idOf(text('title')),
    title: text('title'),
    solutionA: text('solutionA'),
    solutionB: text('solutionB'),
    percentA: Number(text('percentA')),
    days: Number(text('days')),
    ...given('class'),
    ...given('repository'),
    ...given('service'),
  } as Order;
}

const MAX_ID = 60;

/** The words of a title as an id: lower-case letters, digits and hyphens. */
function idOf(title: string): string {
  const words = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const id = words.replace(/^-/, '').slice(0, MAX_ID).replace(/-$/, '');
  return id === '' ? `experiment-${Date.now().toString(36)}` : id;
}

function Text({ label, ...input }: { readonly label: string } & React.ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" autoComplete="off" {...input} />
    </div>
  );
}

function Choice({ label, ...select }: { readonly label: string } & React.ComponentProps<'select'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" {...select} />
    </div>
  );
}

function Solution(props: { readonly name: string; readonly label: string; readonly solutions: readonly string[] }) {
  return (
    <Choice name={props.name} label={props.label} required>
      {props.solutions.map((solution) => (
        <option key={solution} value={solution}>
          {solution === 'ranked' ? 'The one that ranks first' : solution}
        </option>
      ))}
    </Choice>
  );
}
