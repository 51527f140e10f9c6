import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type * as z from 'zod';
import type { IncidentDetails } from '#functions/api/routes/incident-answers.ts';
import type { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import { runCommand } from '#test/unit/cli/run-command.ts';
import type { Healer } from '../support/healer.ts';

/** What is known of an incident at one moment, read from the tables as an administrator. */
interface Facts {
  readonly incident: Incident;
  readonly diagnosis: Diagnosis | null;
  readonly evidence: Evidence | null;
  readonly actions: readonly ActionRecord[];
  readonly plans: readonly PlanRecord[];
  readonly approvals: readonly Approval[];
  readonly trail: readonly TrailEntry[];
  readonly isStopped: boolean;
  /** Of its pull request; null where it has none. */
  readonly pullRequestState: string | null;
}

/** Something that a person reads: a comment, a mail, a page, the output of a command. */
export interface Text {
  readonly channel: 'comment' | 'mail' | 'page' | 'story' | 'approval' | 'show' | 'explain';
  readonly text: string;
}

/** Everything that tells of an incident at one moment, beside what is known. */
export interface Telling {
  readonly story: string;
  readonly moment: 'asking' | 'ended';
  readonly facts: Facts;
  readonly texts: readonly Text[];
  readonly details: z.infer<typeof IncidentDetails>;
}

export interface Teller {
  /** Reads everything that tells of the incident now; mails only once, as each was true when it was sent. */
  tell(story: string, moment: Telling['moment'], id: string): Promise<Telling>;
}

/** `token`: of a person who may read. */
export function makeTeller(healer: Healer, token: string): Teller {
  const readMails = new Set<string>();
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${healer.runtime.endpoint}/api${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (response.status !== 200) throw new Error(`${path}: status ${response.status}, ${await response.text()}`);
    return await response.json();
  };
  const command = async (...args: string[]): Promise<string> => {
    const environment = { SELFHEAL_URL: healer.runtime.endpoint, SELFHEAL_TOKEN: token };
    const { code, stdout, stderr } = await runCommand(args, '', undefined, environment);
    if (code !== 0) throw new Error(`selfheal ${args.join(' ')}: exit code ${code}, ${stderr}`);
    return stdout.toString();
  };
  return {
    async tell(story, moment, id) {
      const facts = await factsOf(healer, id);
      const { target } = facts.incident;
      const mails = healer.mailsAbout(id).filter((mail) => !readMails.has(mail.id));
      for (const mail of mails) readMails.add(mail.id);
      const comments =
        target.kind !== 'run' || target.pullRequest === null
          ? []
          : healer.world.github
              .comments(target.repository, target.pullRequest)
              .filter(({ body }) => body.includes(id) && body.includes('<!-- selfheal'));
      const details = (await get(`/incidents/${id}`)) as z.infer<typeof IncidentDetails>;
      const waiting = facts.approvals.filter(({ state }) => state === 'pending');
      const texts: Text[] = [
        ...comments.map(({ body }) => ({ channel: 'comment' as const, text: body })),
        ...mails.map(({ subject, text }) => ({ channel: 'mail' as const, text: `${subject}\n\n${text}` })),
        { channel: 'page', text: textOf(details) },
        { channel: 'story', text: textOf(await get(`/incidents/${id}/story`)) },
        ...(await Promise.all(
          waiting.map(async ({ digest }) => ({
            channel: 'approval' as const,
            text: textOf(await get(`/approvals/${id}/${digest}`)),
          })),
        )),
        { channel: 'show', text: await command('incident', 'show', id) },
        { channel: 'explain', text: await command('incident', 'explain', id) },
      ];
      return { story, moment, facts, texts, details };
    },
  };
}

async function factsOf({ incidents, evidence, control, world }: Healer, id: string): Promise<Facts> {
  const incident = await incidents.get(id);
  if (incident === null) throw new Error(`There is no incident ${id}.`);
  const { target } = incident;
  const pull =
    target.kind === 'run' && target.pullRequest !== null
      ? world.github.pullRequests(target.repository).find(({ number }) => number === target.pullRequest)
      : undefined;
  return {
    incident,
    diagnosis: await evidence.getDiagnosis(id),
    evidence: await evidence.getEvidence(id),
    actions: await incidents.listActions(id),
    plans: await incidents.listPlans(id),
    approvals: await incidents.listApprovals(id),
    trail: await incidents.auditTrail(id),
    isStopped: (await control.controls()).killSwitch,
    pullRequestState: pull === undefined ? null : (pull.state ?? 'open'),
  };
}

/** Every text of an answer, a line each with where it stands. Quoted logs are left out: they are not Selfheal's words. */
function textOf(answer: unknown, path = ''): string {
  if (answer === null || answer === undefined) return '';
  if (typeof answer !== 'object') return `${path}: ${String(answer)}\n`;
  return Object.entries(answer)
    .filter(([name]) => !QUOTED.has(name))
    .map(([name, value]) => textOf(value, path === '' ? name : `${path}.${name}`))
    .join('');
}

const QUOTED = new Set(['logs', 'evidence', 'workflow']);
