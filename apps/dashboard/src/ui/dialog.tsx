import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { Button, type ButtonLook } from './button.tsx';
import './form.css';

/** Lies over the page until it is closed; Escape closes it. */
export function Dialog(props: { readonly title: string; readonly close: () => void; readonly children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog ref={dialog} onClose={props.close} aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{props.title}</h2>
      </div>
      <div className="card-body">{props.children}</div>
    </dialog>
  );
}

export interface Confirmation {
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** On the button that does it. */
  readonly verb: string;
  readonly look?: ButtonLook;
  /** Whether nobody is asked why. */
  readonly withoutReason?: true;
  /** Does it; what it throws is shown, and the dialog stays. */
  readonly confirm: (reason: string) => Promise<unknown>;
  /** Reads again what somebody else has changed. */
  readonly refresh?: () => unknown;
  readonly close: () => void;
}

/** Asks before something is done, and why it is done. */
export function Confirm({
  title,
  children,
  verb,
  look = 'primary',
  withoutReason,
  confirm,
  refresh,
  close,
}: Confirmation) {
  const [reason, setReason] = useState('');
  const id = useId();
  const doing = useMutation({ mutationFn: () => confirm(reason.trim()), onSuccess: close });
  return (
    <Dialog title={title} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate();
        }}
      >
        <div className="prose">{children}</div>
        {withoutReason === true ? null : (
          <div className="field">
            <label htmlFor={id}>Why</label>
            <input
              id={id}
              className="input"
              value={reason}
              minLength={3}
              maxLength={300}
              required
              autoComplete="off"
              onChange={(event) => setReason(event.target.value)}
            />
            <span className="hint">Others read it in the history.</span>
          </div>
        )}
        <Conflict error={doing.error} refresh={refresh ?? close} />
        <div className="form-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look={look} disabled={doing.isPending}>
            {doing.isPending ? 'One moment …' : verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What went wrong; where somebody else was faster, a way to see what they did. */
export function Conflict({ error, refresh }: { readonly error: Error | null; readonly refresh: () => unknown }) {
  if (error === null) return null;
  const isMeanwhile = error instanceof ApiError && error.status === 412;
  return (
    <div className="refusal" role="alert">
      {isMeanwhile ? 'Somebody else changed it meanwhile. Nothing of yours was saved. ' : error.message}
      {isMeanwhile ? <Button onClick={() => void refresh()}>Show what it is now</Button> : null}
    </div>
  );
}
