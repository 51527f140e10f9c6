import { useMutation } from '@tanstack/react-query';
import { Button } from '../../ui/button.tsx';
import { Conflict, Dialog } from '../../ui/dialog.tsx';
import { editPattern, type Pattern, type PatternEdit } from './pattern-api.ts';
import { ClassOptions } from './words.tsx';

/** Changes what a pattern says. Its wording is what it is: for another one, write another pattern. */
export function EditPattern(props: {
  readonly pattern: Pattern;
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}) {
  const { pattern, refresh, close } = props;
  const saving = useMutation({
    mutationFn: async (edit: PatternEdit) => {
      await editPattern(pattern, edit);
      await refresh();
    },
    onSuccess: close,
  });
  const submit = (form: FormData) =>
    saving.mutate({
      title: text(form, 'title'),
      solution: text(form, 'solution'),
      class: text(form, 'class') as Pattern['class'],
      tags: wordsOf(text(form, 'tags')),
      service: text(form, 'service') || null,
    });
  return (
    <Dialog title="Edit the pattern" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <PatternFields pattern={pattern} />
        <Conflict
          error={saving.error}
          refresh={async () => {
            await refresh();
            close();
          }}
        />
        <div className="form-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" type="submit" disabled={saving.isPending}>
            {saving.isPending ? 'Saving …' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export const text = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** Words that commas or spaces part. */
export const wordsOf = (given: string): string[] => given.split(/[\s,]+/).filter((word) => word !== '');

/** What can be changed of every pattern. */
type Given = Partial<Record<'title' | 'solution' | 'class' | 'service', string | null>> & {
  readonly tags?: readonly string[];
};

export function PatternFields({ pattern }: { readonly pattern?: Given }) {
  return (
    <>
      <div className="field">
        <label htmlFor="pattern-title">Title</label>
        <input
          id="pattern-title"
          className="input"
          name="title"
          defaultValue={pattern?.title ?? ''}
          maxLength={200}
          required
          autoComplete="off"
        />
      </div>
      <div className="field">
        <label htmlFor="pattern-solution">What helps</label>
        <textarea
          id="pattern-solution"
          className="input"
          name="solution"
          rows={4}
          defaultValue={pattern?.solution ?? ''}
          maxLength={2000}
          required
        />
      </div>
      <div className="form-row">
        <div className="field">
          <label htmlFor="pattern-class">Class</label>
          <select id="pattern-class" className="input" name="class" defaultValue={pattern?.class ?? 'unknown'}>
            <ClassOptions />
          </select>
        </div>
        <div className="field">
          <label htmlFor="pattern-tags">Tags</label>
          <input
            id="pattern-tags"
            className="input"
            name="tags"
            defaultValue={pattern?.tags?.join(', ')}
            placeholder="database, payments"
            autoComplete="off"
          />
        </div>
        <div className="field">
          <label htmlFor="pattern-service">Service (optional)</label>
          <input
            id="pattern-service"
            className="input"
            name="service"
            defaultValue={pattern?.service ?? ''}
            autoComplete="off"
          />
        </div>
      </div>
    </>
  );
}
