import { FAMILY_OF } from '@selfheal/kernel/failure-family.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetails as Incident } from '../../api/answers.ts';
import { api, contentOf } from '../../api/client.ts';
import { useHasRole, useMe } from '../../api/me.ts';
import { Button } from '../../ui/button.tsx';
import { classWords } from '../../ui/words.ts';
import { Order, type OrderField } from './order.tsx';
import { Postmortem } from './postmortem.tsx';

type FailureClass = keyof typeof FAMILY_OF;
type Answers = Readonly<Record<string, string>>;

interface Act {
  readonly label: string;
  readonly title: string;
  readonly about: string;
  readonly verb: string;
  readonly fields: readonly OrderField[];
  readonly send: (answers: Answers) => Promise<unknown>;
}

const CLASSES = Object.keys(FAMILY_OF).map((name) => [name, classWords(name)] as const);
const KNOWN_CLASSES = CLASSES.filter(([name]) => name !== 'unknown');
const REASON: OrderField = { name: 'reason', label: 'Why', hint: 'Others read it in the audit trail.', required: true };

/** What a person can do with an incident. Whoever may not is told which role it takes, and is offered nothing that would be refused. */
export function IncidentActions({ incident }: { readonly incident: Incident }) {
  const mayOperate = useHasRole('operator');
  const { data: me } = useMe();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Act | null>(null);
  const [isDrafting, setIsDrafting] = useState(false);
  const [said, setSaid] = useState('');
  if (me === undefined) return null;
  const acts = mayOperate ? actsOf(incident, me.name) : [];
  const refresh = () => queries.invalidateQueries();
  return (
    <section className="incident-acts" aria-label="Actions">
      {acts.map((act) => (
        <Button key={act.label} onClick={() => setChosen(act)}>
          {act.label}
        </Button>
      ))}
      <Button
        onClick={async () => {
          const isCopied = await navigator.clipboard.writeText(location.href).then(
            () => true,
            () => false,
          );
          setSaid(isCopied ? 'The link is copied.' : `Copy this: ${location.href}`);
        }}
      >
        Copy link
      </Button>
      <Button onClick={() => setIsDrafting(true)}>Post-mortem</Button>
      {isDrafting ? <Postmortem id={incident.id} close={() => setIsDrafting(false)} /> : null}
      {mayOperate ? null : (
        <span className="soft">To change an incident you need the role operator: ask an administrator.</span>
      )}
      <span role="status" className="soft">
        {said}
      </span>
      {chosen === null ? null : (
        <Order
          title={chosen.title}
          verb={chosen.verb}
          fields={chosen.fields}
          incident={incident}
          send={async (answers) => {
            await chosen.send(answers);
            await refresh();
            setSaid('');
          }}
          close={() => setChosen(null)}
          refresh={async () => {
            await refresh();
            setChosen(null);
          }}
        >
          <p>{chosen.about}</p>
        </Order>
      )}
    </section>
  );
}

function actsOf(incident: Incident, me: string): readonly Act[] {
  const { id, status, revision, subject, assignee, notes } = incident;
  const param = { id };
  const isOpen = status === 'open';
  const hasEnded = status === 'resolved' || status === 'healed' || status === 'linked' || status === 'grouped';
  // The state that the reader saw: a change of somebody else is not overwritten.
  const edit = async (json: { assignee?: string | null; notes?: string | null; reason?: string }) =>
    contentOf(await api.incidents[':id'].$patch({ param, json, header: { 'if-match': `"${revision}"` } }));
  const assign: Act = {
    label: assignee === null ? 'Assign' : 'Reassign',
    title: 'Who takes care of it?',
    about:
      assignee === null
        ? 'Nobody has it yet.'
        : `It is assigned to ${assignee}. Leave the field empty to assign it to nobody.`,
    verb: 'Assign',
    fields: [{ name: 'assignee', label: 'Person', start: me, maxLength: 200 }],
    send: (answers) => edit({ assignee: answers.assignee === '' ? null : (answers.assignee ?? null) }),
  };
  const resolve: Act = {
    label: 'Resolve',
    title: 'How was it resolved?',
    about:
      'The incident ends, a request that still waits is rejected, and Selfheal proposes your solution for similar failures.',
    verb: 'Resolve',
    fields: [
      { name: 'solution', label: 'What helped', required: true, lines: 3, maxLength: 2000 },
      { name: 'minutes', label: 'Minutes of work (optional)', kind: 'number' },
      { name: 'class', label: 'What it really was (optional)', options: [['', 'As classified'], ...CLASSES] },
    ],
    send: async ({ solution = '', minutes = '', class: actual = '' }) =>
      contentOf(
        await api.incidents[':id'].resolve.$post({
          param,
          json: {
            solution,
            ...(minutes === '' ? {} : { minutes: Number(minutes) }),
            ...(actual === '' ? {} : { class: actual as FailureClass }),
          },
        }),
      ),
  };
  const falseAlarm: Act = {
    label: 'False positive',
    title: 'Was nothing wrong?',
    about: 'The incident ends as a false alarm.',
    verb: 'End as false positive',
    fields: [
      REASON,
      {
        name: 'updatePatterns',
        label: 'Learned patterns',
        options: [
          ['no', 'Leave them as they are'],
          ['yes', 'Count it against those that recognised it'],
        ],
      },
    ],
    send: async ({ reason = '', updatePatterns }) =>
      contentOf(
        await api.incidents[':id']['false-positive'].$post({
          param,
          json: { reason, updatePatterns: updatePatterns === 'yes' },
        }),
      ),
  };
  const wrongClass: Act = {
    label: 'Wrong class',
    title: 'What was it really?',
    about: `Selfheal says: ${classWords(incident.class)}. Your word judges that answer; it never makes Selfheal do more by itself.`,
    verb: 'Save',
    fields: [{ name: 'class', label: 'Class', options: KNOWN_CLASSES, start: incident.class ?? '' }],
    send: async ({ class: said }) =>
      contentOf(
        await api.learning.corrections.$post({
          json: { incidentId: id, class: said as Exclude<FailureClass, 'unknown'> },
        }),
      ),
  };
  const verdict: Act = {
    label: 'Wrong verdict',
    title: 'Was what Selfheal did right?',
    about: 'An action that you call wrong counts as failed when later ones are ranked. Your latest word counts.',
    verb: 'Save',
    fields: [
      {
        name: 'actionCorrect',
        label: 'Your verdict',
        options: [
          ['no', 'It was wrong'],
          ['yes', 'It was right'],
        ],
      },
      { name: 'comments', label: 'Why (optional)', lines: 2, maxLength: 2000 },
    ],
    send: async ({ actionCorrect, comments = '' }) =>
      contentOf(
        await api.incidents[':id'].feedback.$post({
          param,
          json: { actionCorrect: actionCorrect === 'yes', ...(comments === '' ? {} : { comments }) },
        }),
      ),
  };
  const rerun: Act = {
    label: 'Re-run failed jobs',
    title: 'Run the failed jobs again?',
    about:
      'It opens an incident of its own: plan, approval where the policy asks for one, guard and verification are those of every action.',
    verb: 'Run again',
    fields: [REASON],
    send: async ({ reason = '' }) =>
      contentOf(await api.actions.execute.$post({ json: { action: 'rerun-failed-jobs', incident: id, reason } })),
  };
  const note: Act = {
    label: notes === null ? 'Add a note' : 'Edit the note',
    title: 'Note',
    about: 'Everybody who reads the incident sees it.',
    verb: 'Save',
    fields: [{ name: 'notes', label: 'Note', start: notes ?? '', lines: 6, maxLength: 8000 }],
    send: ({ notes: text = '' }) => edit({ notes: text === '' ? null : text }),
  };
  const acknowledge: Act = {
    label: 'Acknowledge',
    title: 'Acknowledge it?',
    about: 'Others see that you have seen it. It changes nothing else.',
    verb: 'Acknowledge',
    fields: [],
    send: async () => contentOf(await api.incidents[':id'].acknowledge.$post({ param })),
  };
  const escalate: Act = {
    label: 'Ask for help',
    title: 'Who else should know?',
    about:
      'Everybody who is told of such incidents is told that a person is needed, by every channel, and who is on call is called. It changes nothing else.',
    verb: 'Tell them',
    fields: [{ name: 'reason', label: 'Why', hint: 'They read it.', required: true, lines: 2, maxLength: 500 }],
    send: async ({ reason = '' }) => contentOf(await api.incidents[':id'].escalate.$post({ param, json: { reason } })),
  };
  return [
    ...(incident.acknowledged === null && !hasEnded ? [acknowledge] : []),
    assign,
    ...(hasEnded ? [] : [escalate, resolve, falseAlarm]),
    wrongClass,
    verdict,
    ...(!isOpen && subject.kind === 'run' ? [rerun] : []),
    note,
  ];
}
