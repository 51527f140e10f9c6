import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import {
  apiOf,
  defineTool,
  EvidenceLine,
  type McpPorts,
  McpToolError,
  needsApi,
  Outside,
  outside,
  outsideOrNull,
  parsed,
} from '../contract.ts';
import { IncidentName, readDetails } from './incidents.ts';

/*
 * Proposals. Each prepares a change and leaves it to a person: the server sends the API questions only, and an answer holds the link to the page on
 * which that person, signed in with their own rights, reads it once more and does it.
 */

const PROPOSAL = {
  changed: z.literal(false).meta({ description: 'Nothing was changed.' }),
  link: z.string().nullable().meta({ description: 'Where a person does it. Show it to them; do not open it.' }),
  forThePerson: z.string().meta({ description: 'What the person has to do.' }),
  command: Outside.nullable().meta({ description: 'The same on the command line; null where there is none.' }),
};

const MAX_COMMAND = 2000;
const MAX_LINK = 4000;

/** Null for a command that would be cut: half of one does something else. */
const commandOf = (line: string): Outside | null => (line.length > MAX_COMMAND ? null : outside(line, MAX_COMMAND));

const linkTo = (ports: McpPorts, path: string): string | null => {
  const { dashboardUrl } = apiOf(ports);
  return dashboardUrl === null ? null : `${dashboardUrl}${path}`;
};

/** As a POSIX shell takes it, on one line. */
const quoted = (text: string): string => `'${outside(text, 2000).outside.replaceAll("'", "'\\''")}'`;

const Tried = z.object({
  wording: z.string(),
  matched: z.number().int(),
  lines: z.array(z.object({ line: z.number().int(), text: z.string() })),
});

const proposeKnowledge = defineTool({
  name: 'propose_knowledge',
  title: 'Propose knowledge',
  description:
    'Prepares a pattern: how a failure is recognised and what helps. Tries it on `sample` when one is given. A person saves it by the link.',
  kind: 'proposal',
  needs: needsApi,
  input: {
    pattern: z.string().trim().min(1).max(800).meta({ description: 'The message, with * for what varies.' }),
    title: z.string().trim().min(1).max(200),
    solution: z.string().trim().min(1).max(2000),
    class: FailureClass.default('unknown'),
    scope: z.string().trim().min(3).max(400).optional().meta({ description: 'owner/name, service:NAME or an alarm.' }),
    sample: z.string().min(1).max(60_000).optional().meta({ description: 'A line or a log that it should match.' }),
  },
  output: {
    ...PROPOSAL,
    matched: z.number().int().nullable().meta({ description: 'Lines of the sample that it matches.' }),
    lines: z.array(EvidenceLine).readonly(),
  },
  async run({ sample, scope, ...pattern }, ports, { signal }) {
    const question = { pattern: pattern.pattern, syntax: 'wording', text: sample ?? pattern.pattern };
    // Also without a sample: it refuses a wording that cannot be one.
    const tried = parsed(Tried, await apiOf(ports).ask('/api/knowledge/try', question, signal));
    const fields = Object.entries({ ...pattern, ...present({ scope }) });
    const search = new URLSearchParams(
      Object.fromEntries(fields.map(([name, value]) => [name, outside(value, 2000).outside])),
    );
    // The solution is the longest of them; the person can paste it.
    if (String(search).length > MAX_LINK) search.delete('solution');
    const options = fields.map(([name, value]) => `--${name === 'class' ? 'category' : name} ${quoted(value)}`);
    return {
      changed: false as const,
      link: linkTo(ports, `/knowledge/new?${search}`),
      forThePerson: 'Open the link, read the pattern, and save it. Saving needs the permission "operate".',
      command: commandOf(`selfheal knowledge add ${options.join(' ')}`),
      matched: sample === undefined ? null : tried.matched,
      lines:
        sample === undefined ? [] : tried.lines.slice(0, 5).map(({ line, text }) => ({ line, text: outside(text) })),
    };
  },
});

const reportWrongAnswer = defineTool({
  name: 'report_wrong_answer',
  title: 'Report a wrong answer',
  description:
    'Prepares the correction of an incident that was classified wrongly, or that was no failure at all. A person records it by the link.',
  kind: 'proposal',
  needs: needsApi,
  input: {
    incident: IncidentName,
    reallyWas: z.union([FailureClass, z.literal('no_failure')]).meta({ description: 'What it really was.' }),
    why: z.string().trim().min(1).max(300),
  },
  output: { ...PROPOSAL, incident: z.string(), answered: z.string().nullable() },
  async run({ incident, reallyWas, why }, ports, { signal }) {
    const { id, class: answered } = await readDetails(incident, ports, signal);
    if (answered === reallyWas) throw new McpToolError(`The incident ${id} is classified as ${reallyWas} already.`);
    const isNone = reallyWas === 'no_failure';
    const command = isNone ? commandOf(`selfheal incident false-positive ${id} --reason ${quoted(why)}`) : null;
    return {
      changed: false as const,
      link: linkTo(ports, `/incidents/${id}`),
      forThePerson: isNone
        ? 'Open the link and mark the incident as a false positive.'
        : `Open the link and correct the class to ${reallyWas}.`,
      incident: id,
      answered,
      command,
    };
  },
});

const Actions = z.object({
  actions: z.array(z.object({ id: z.string(), title: z.string(), risk: z.string(), allowed: z.boolean() })),
});

const listActions = defineTool({
  name: 'list_actions',
  title: 'Actions',
  description:
    'Every action that Selfheal knows: what it does, its risk, and whether the configuration allows it anywhere.',
  kind: 'read',
  needs: needsApi,
  input: {},
  output: {
    actions: z.array(z.object({ id: z.string(), title: Outside, risk: z.string(), allowed: z.boolean() })).readonly(),
  },
  rows: 'actions',
  async run(_, ports, { signal }) {
    const { actions } = parsed(Actions, await apiOf(ports).get('/api/actions', {}, signal));
    return { actions: actions.map(({ title, ...one }) => ({ ...one, title: outside(title, 200) })) };
  },
});

const Rehearsal = z.object({
  decision: z.string(),
  reasons: z.array(z.string()),
  effect: z.string().nullable(),
  undo: z.string().nullable(),
});

const proposeAction = defineTool({
  name: 'propose_action',
  title: 'Propose an action',
  description:
    'Rehearses one action on a service or on what an incident was about, by the same plan and guard, without any effect: what would be decided, ' +
    'the effect and how it is undone. A person starts it by the link or the command; it then takes the usual way with its approval.',
  kind: 'proposal',
  needs: needsApi,
  input: {
    action: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/)
      .meta({ description: 'Id of an action; see list_actions.' }),
    service: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/)
      .optional(),
    incident: IncidentName.optional(),
  },
  output: {
    ...PROPOSAL,
    decision: z.string().meta({ description: 'What plan and guard would decide now.' }),
    reasons: z.array(Outside).readonly(),
    effect: Outside.nullable(),
    undo: Outside.nullable(),
  },
  async run({ action, service, incident }, ports, { signal }) {
    if ((service === undefined) === (incident === undefined))
      throw new McpToolError('Give either service or incident.');
    const id = incident === undefined ? null : (await readDetails(incident, ports, signal)).id;
    const target = id === null ? { service } : { incident: id };
    const tried = parsed(Rehearsal, await apiOf(ports).ask(`/api/actions/${action}/try`, target, signal));
    return {
      changed: false as const,
      link: linkTo(ports, id === null ? '/policy' : `/incidents/${id}`),
      forThePerson:
        'Run the command, or ask for the action on the page. Plan, approval and guard decide then, not this rehearsal.',
      decision: tried.decision,
      reasons: tried.reasons.slice(0, 6).map((reason) => outside(reason)),
      effect: outsideOrNull(tried.effect),
      undo: outsideOrNull(tried.undo),
      command: commandOf(
        `selfheal action execute ${action} ${id === null ? `--service ${service}` : `--incident ${id}`}`,
      ),
    };
  },
});

export const PROPOSAL_TOOLS = [listActions, proposeAction, proposeKnowledge, reportWrongAnswer];
