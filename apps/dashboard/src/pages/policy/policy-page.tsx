import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { Ago } from '../../ui/time.tsx';
import { counted } from '../../ui/words.ts';
import { changed, type Draft, dropped, type Editing, patchOf } from './draft.ts';
import { Freezes } from './freezes.tsx';
import { Changes, PolicyHistory } from './history.tsx';
import { Places } from './places.tsx';
import { carryOut, type Policy, resume, stopEverything, usePolicy } from './policy-api.ts';
import { Actions, Features, Limits } from './settings.tsx';
import '../incident/incident.css';
import '../../ui/form.css';
import './policy.css';

/** What Selfheal may do at the moment, beside what is deployed, and who changed it why. */
export default function PolicyPage() {
  const policy = usePolicy();
  if (policy.data === undefined)
    return policy.error === null ? (
      <LoadingState />
    ) : (
      <ErrorState page error={policy.error} retry={() => void policy.refetch()} />
    );
  return <Loaded policy={policy.data} />;
}

type Asked = 'stop' | 'resume' | 'reset' | 'save' | null;

function Loaded({ policy }: { readonly policy: Policy }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [asked, setAsked] = useState<Asked>(null);
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['config'] });
  const editing: Editing = {
    draft,
    set: (path, value) => setDraft((now) => changed(now, policy.tag, path, value)),
    drop: (path) => setDraft((now) => dropped(now, path)),
  };
  const close = () => setAsked(null);
  const isChanged = Object.keys(policy.overlay).length > 0 || policy.unreadable !== null;
  return (
    <div className="page policy">
      <div className="page-head">
        <h1>Services and policy</h1>
        <span className="end">
          <Button onClick={() => setAsked('reset')} disabled={!isChanged}>
            Reset to what was deployed
          </Button>
          {policy.killSwitch.killSwitch ? null : (
            <Button look="bad" onClick={() => setAsked('stop')}>
              Stop everything
            </Button>
          )}
        </span>
      </div>
      <PolicyStatus policy={policy} resume={() => setAsked('resume')} />
      <div className="story-main">
        <Places policy={policy} editing={editing} />
        <div className="policy-columns">
          <Features policy={policy} editing={editing} />
          <Limits policy={policy} editing={editing} />
        </div>
        <Actions policy={policy} editing={editing} />
        <Freezes policy={policy} editing={editing} />
        <PolicyHistory policy={policy} refresh={refresh} />
      </div>
      {draft === null ? null : (
        <Unsaved draft={draft} policy={policy} setDraft={setDraft} save={() => setAsked('save')} />
      )}
      {asked === 'stop' ? (
        <Confirm
          title="Stop everything?"
          verb="Stop everything"
          look="bad"
          confirm={async (reason) => {
            await stopEverything(reason);
            await refresh();
          }}
          close={close}
        >
          <p>All actions stop within seconds, also those under way. Diagnosis goes on.</p>
        </Confirm>
      ) : null}
      {asked === 'resume' ? (
        <Confirm
          title="Let actions happen again?"
          verb="Resume"
          confirm={async (reason) => {
            await resume(reason, policy.tag);
            await refresh();
          }}
          refresh={async () => {
            await refresh();
            close();
          }}
          close={close}
        >
          <p>It was stopped: {policy.killSwitch.reason ?? 'nobody said why'}.</p>
        </Confirm>
      ) : null}
      {asked === 'reset' ? (
        <Confirm
          title="Reset to what was deployed?"
          verb="Reset everything"
          look="bad"
          confirm={async (reason) => {
            await carryOut({ kind: 'reset' }, { reason, seen: policy.tag });
            setDraft(null);
            await refresh();
          }}
          refresh={async () => {
            await refresh();
            close();
          }}
          close={close}
        >
          <p>
            Every setting that was changed here becomes again what is deployed. The kill switch stays as it is. The
            history keeps today's settings: they can be restored.
          </p>
          <Changes request={{ kind: 'reset' }} />
        </Confirm>
      ) : null}
      {asked === 'save' && draft !== null ? (
        <Confirm
          title="Save these changes?"
          verb="Save"
          confirm={async (reason) => {
            await carryOut({ kind: 'change', change: patchOf(draft) }, { reason, seen: draft.seen });
            await refresh();
            // Last, because it takes this dialog away: what is done after it would close the next one.
            setDraft(null);
          }}
          refresh={async () => {
            await refresh();
            close();
          }}
          close={close}
        >
          <Changes request={{ kind: 'change', change: patchOf(draft) }} />
        </Confirm>
      ) : null}
    </div>
  );
}

function PolicyStatus({ policy, resume: askToResume }: { readonly policy: Policy; readonly resume: () => void }) {
  const { killSwitch, unreadable, lastChange } = policy;
  return (
    <>
      {killSwitch.killSwitch ? (
        <section className="card card-body waiting" data-tone="bad" role="status">
          <div>
            <strong>Everything is stopped</strong>
            <p>No action is carried out. {killSwitch.reason ?? ''}</p>
          </div>
          <Button look="primary" onClick={askToResume}>
            Resume
          </Button>
        </section>
      ) : null}
      {unreadable === null ? null : (
        <p className="refusal" role="alert">
          What was changed here cannot be used, so nothing is changed anywhere. Reset it or restore a version.{' '}
          {unreadable}
        </p>
      )}
      <p className="soft policy-lead">
        What is deployed is the widest that is allowed; here it can only be narrowed, and taken back.{' '}
        {lastChange === null ? (
          'Nobody has changed anything.'
        ) : (
          <>
            Last changed by {lastChange.changedBy.name}, <Ago at={lastChange.changedAt} />: {lastChange.reason}
          </>
        )}
      </p>
    </>
  );
}

function Unsaved(props: {
  readonly draft: Draft;
  readonly policy: Policy;
  readonly setDraft: (draft: Draft | null) => void;
  readonly save: () => void;
}) {
  const { draft, policy, setDraft, save } = props;
  const isOutdated = draft.seen !== policy.tag;
  return (
    <section className="unsaved card" aria-label="Changes that are not saved" aria-live="polite">
      {isOutdated ? (
        <p className="unsaved-warning" data-tone="warn">
          Somebody else changed it meanwhile
          {policy.lastChange === null ? '' : `: ${policy.lastChange.changedBy.name}, “${policy.lastChange.reason}”`}.
          You see what holds now.
        </p>
      ) : null}
      <span>{counted(draft.changes.size, 'change')} not saved</span>
      <span className="end">
        <Button onClick={() => setDraft(null)}>Discard</Button>
        {isOutdated ? (
          <Button onClick={() => setDraft({ ...draft, seen: policy.tag })}>Keep mine on top of it</Button>
        ) : (
          <Button look="primary" onClick={save}>
            Review and save
          </Button>
        )}
      </span>
    </section>
  );
}
