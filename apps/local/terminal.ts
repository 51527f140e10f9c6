import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';

/** States that are shown; the Choice and Pass states between them only route. */
const SHOWN = new Set([
  'Gather',
  'Classify',
  'Knowledge',
  'Analyze',
  'Plan',
  'Approve',
  'Guard',
  'ActGithub',
  'ActLambda',
  'ActEcs',
  'AnnounceRequest',
  'Announce',
  'Verify',
  'Undo',
  'Escalate',
  'Record',
  'Notify',
  'LastResort',
]);

export interface EndedIncident {
  readonly incidentId: string;
  /** When its execution began, in milliseconds; 0 when that was before this start. */
  readonly startedAt: number;
  readonly outcome: string;
  readonly reason: string;
  readonly succeeded: boolean;
  /** True if the incident has not ended but waits for an approval. */
  readonly waits?: true;
}

export interface TerminalOptions {
  write(line: string): void;
  /** Whether to use colours. */
  readonly colours: boolean;
  /** Called when the incident's execution ended or waits for an approval. */
  onEnd(ended: EndedIncident): void;
}

/** Prints the progress of incidents: one line per step, with the seconds since the incident began and the step's result. */
export function makeTerminal(options: TerminalOptions): (event: RuntimeEvent) => void {
  const { write, colours } = options;
  const began = new Map<string, number>();
  const entered = new Map<string, number>();
  const dim = (text: string) => (colours ? `\u001b[2m${text}\u001b[0m` : text);

  function line(execution: string, at: number, step: string, text: string): void {
    const since = began.get(execution);
    const time = since === undefined ? '' : `${((at - since) / 1000).toFixed(2)} s`;
    write(`  ${dim(shortId(execution))} ${time.padStart(8)}  ${step.padEnd(11)} ${text}`);
  }

  return (event) => {
    if (event.type === 'mail.received')
      write(`  ${dim('mail'.padEnd(8))}           ${event.mail.to}: ${event.mail.subject}`);
    if (event.type === 'access.denied')
      write(`  DENIED ${event.decision.role}: ${event.decision.action} on ${event.decision.resource}`);
    if (event.type !== 'workflow') return;
    const { name, type, state = '', at, detail } = event.event;
    if (type === 'ExecutionStarted') began.set(name, at);
    if (type === 'ExecutionResumed') line(name, at, '', 'goes on from an earlier start');
    if (type === 'StateEntered') entered.set(`${name} ${state}`, at);
    if (type === 'TaskFailed' || type === 'TaskTimedOut') line(name, at, state, `failed: ${textOf(detail, 'error')}`);
    if (type === 'TaskRetried') line(name, at, state, 'is retried');
    if (type === 'TaskSubmitted') {
      line(name, at, state, 'waits for an approval');
      const startedAt = began.get(name) ?? 0;
      options.onEnd({
        incidentId: incidentOf(name),
        startedAt,
        outcome: 'waits',
        reason: '',
        succeeded: true,
        waits: true,
      });
    }
    if (type === 'TaskSucceeded' && SHOWN.has(state)) {
      const took = at - (entered.get(`${name} ${state}`) ?? at);
      line(name, at, state, `${describe(state, payloadOf(detail))} ${dim(`${took} ms`)}`.trimStart());
    }
    if (type.startsWith('Execution') && type !== 'ExecutionStarted' && type !== 'ExecutionResumed') {
      const output = objectOf(objectOf(detail).output);
      options.onEnd({
        incidentId: incidentOf(name),
        startedAt: began.get(name) ?? 0,
        outcome: String(output.outcome ?? type),
        reason: String(output.reason ?? textOf(detail, 'cause')),
        succeeded: type === 'ExecutionSucceeded',
      });
    }
  };
}

/** The result of a step, from its summary, which contains only short, trusted facts. */
function describe(state: string, summary: Readonly<Record<string, unknown>>): string {
  switch (state) {
    case 'Gather':
      return `${summary.lines} lines of ${summary.sources} ${summary.sources === 1 ? 'log' : 'logs'}`;
    case 'Classify':
      return summary.class === null
        ? `${summary.reason}`
        : `${summary.class}, ${summary.verdict} (${percent(summary.confidence)})`;
    case 'Knowledge':
      return summary.matchId === null ? `${summary.similar} similar` : `known: ${summary.matchId}`;
    case 'Analyze':
      return `diagnosis by ${summary.source} (${percent(summary.confidence)})${onDefaultBranch(summary.preExisting)}`;
    case 'Plan':
      return `${summary.decision}${summary.actionId === null ? '' : ` ${summary.actionId}`}`;
    case 'Guard':
      return summary.next === 'act' ? 'granted' : `denied: ${String(summary.reasons)}`;
    case 'Verify':
    case 'Undo':
    case 'ActGithub':
    case 'ActLambda':
    case 'ActEcs':
      return `${summary.state}: ${summary.summary}`;
    default:
      return 'done';
  }
}

function onDefaultBranch(preExisting: unknown): string {
  if (preExisting === null) return '';
  return preExisting === true ? ', fails on the default branch too' : ', passes on the default branch';
}

/** The output of a function, which the Lambda integration wraps in `Payload`. */
function payloadOf(detail: unknown): Readonly<Record<string, unknown>> {
  return objectOf(objectOf(objectOf(detail).output).Payload);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown, key: string): string {
  return String(objectOf(value)[key] ?? '');
}

function percent(value: unknown): string {
  return `${percentOf(Number(value))} %`;
}

/** `gh-53f95e866a2bdba8ad7f91b8-1` belongs to the incident `gh-53f95e866a2bdba8ad7f91b8`. */
function incidentOf(execution: string): string {
  return execution.replace(/-\d+$/, '');
}

function shortId(execution: string): string {
  return incidentOf(execution).slice(0, 8);
}
