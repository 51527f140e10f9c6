import { megabytesOf } from '#shared/domain/incident/executor-size.ts';

/** A request as somebody knows it from elsewhere, in this API's own form. */
export type Translation =
  | {
      readonly kind: 'translated';
      readonly path: string;
      readonly body: unknown;
      /** Makes the answer say what the other form promises. Absent: it stays as it is. */
      readonly answer?: (answer: Record<string, unknown>) => Record<string, unknown>;
    }
  /** Nothing here does it: why, and what does. */
  | { readonly kind: 'refused'; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

/** One other form of a request: null where the body is in the form of the API. */
interface DocumentForm {
  readonly path: RegExp;
  translate(body: Fields, named: Readonly<Record<string, string>>): Translation | null;
}

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
/** The fields without these. */
const without = (body: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

const asParameters = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, one]) => `${name}=${typeof one === 'object' ? JSON.stringify(one) : String(one)}`)
        .join(' ')
    : '';

/** The forms that are taken beside the API's own, each at its path. */
const DOCUMENT_FORMS: readonly DocumentForm[] = [
  {
    path: /^\/api\/recommend$/,
    translate: (body) => {
      const cause = text(body.root_cause);
      if (cause === '') return null;
      return { kind: 'translated', path: '/api/recommend', body: { ...without(body, 'root_cause'), cause } };
    },
  },
  {
    path: /^\/api\/incident$/,
    translate: (body) => {
      const title = [body.title, body.summary, body.root_cause, body.message].map(text).find((one) => one !== '');
      const service = text(body.service);
      const severity = text(body.severity).toLowerCase();
      return {
        kind: 'translated',
        path: '/api/incidents',
        body: {
          // Without one the API says that it is missing.
          ...(title === undefined ? {} : { title: title.slice(0, 300) }),
          description: text(body.description),
          service: service === '' ? null : service,
          ...(severity === '' ? {} : { severity }),
          ...(Array.isArray(body.logs) ? { lines: body.logs } : {}),
        },
        answer: (incident) => ({
          ...incident,
          ticket: null,
          note: `The incident is recorded. Where tickets are connected (notifiers.jira, notifiers.github-issue), its ticket is opened when people are told, and closed when it ends. GET /api/incidents/${String(incident.id)}/timeline names it then.`,
        }),
      };
    },
  },
  {
    path: /^\/api\/logs\/analyze$/,
    translate: (body) => {
      const message = text(body.message);
      if (message === '' || body.logs !== undefined) return null;
      const line = [text(body.timestamp), text(body.level), text(body.service), message, asParameters(body.metadata)];
      return {
        kind: 'translated',
        path: '/api/logs/analyze',
        body: { logs: [line.filter((part) => part !== '').join(' ')] },
        answer: (triage) => ({ ...entryAnswer(triage), ...triage }),
      };
    },
  },
  {
    path: /^\/api\/logs\/patterns$/,
    translate: (body) => {
      const [name, pattern] = [text(body.name), text(body.pattern)];
      if (pattern === '' || body.patterns !== undefined) return null;
      const severity = text(body.severity).toLowerCase();
      return {
        kind: 'translated',
        path: '/api/knowledge/patterns',
        body: {
          pattern,
          syntax: 'expression',
          title: name === '' ? pattern.slice(0, 200) : name,
          solution: text(body.solution) || 'No solution is written down yet: look at the line that matched.',
          scope: text(body.scope) || 'services',
          ...(/^[a-z0-9][a-z0-9._-]{0,39}$/.test(severity) ? { tags: [severity] } : {}),
        },
      };
    },
  },
  {
    path: /^\/api\/actions\/execute$/,
    translate: (body) => {
      const action = text(body.action_type);
      if (action === '') return null;
      const asked = asParameters(body.parameters);
      const service = text(body.service_name);
      const why = [text(body.reason), asked === '' ? '' : `Asked for with ${asked}, which code decides by itself.`];
      const reason = why.filter((part) => part !== '').join(' ');
      return {
        kind: 'translated',
        path: '/api/actions/execute',
        body: {
          action,
          ...(service === '' ? {} : { service }),
          ...(reason === '' ? {} : { reason: reason.slice(0, 1000) }),
        },
      };
    },
  },
  {
    path: /^\/api\/applications\/(?<id>[^/]+)\/scale$/,
    translate: (body, { id = '' }) => {
      const { instances, memory } = body;
      if (instances === undefined && memory === undefined) return null;
      if (instances === undefined)
        return {
          kind: 'refused',
          reason:
            'instances: is missing. How many there should be is what this asks for; the memory of a service is changed by an action of its owner: ' +
            'POST /api/actions/execute, with an action that GET /api/actions lists.',
        };
      const rest =
        memory === undefined ? '' : `Memory ${String(memory)} was asked for, too: scaling leaves it as it is.`;
      const reason = [text(body.reason), rest].filter((part) => part !== '').join(' ');
      return {
        kind: 'translated',
        path: `/api/applications/${id}/scale`,
        body: { to: instances, ...(reason === '' ? {} : { reason }) },
        answer: (incident) => (rest === '' ? incident : { ...incident, note: rest }),
      };
    },
  },
  {
    path: /^\/api\/auth\/login$/,
    translate: (body) =>
      body.username === undefined || body.user !== undefined
        ? null
        : { kind: 'translated', path: '/api/auth/login', body: { ...without(body, 'username'), user: body.username } },
  },
  {
    path: /^\/api\/spark\/applications\/resize$/,
    translate: (body) => {
      const { executor_memory: memory, executor_cores: cores } = body;
      const megabytes = typeof memory === 'string' ? megabytesOf(memory) : memory;
      return {
        kind: 'translated',
        path: '/api/spark/applications/resize',
        body: {
          ...without(body, 'executor_memory', 'executor_cores'),
          // A memory that is none is passed on, so that the API says what it may be.
          ...(memory === undefined ? {} : { executorMemoryMb: megabytes ?? memory }),
          ...(cores === undefined ? {} : { executorCores: typeof cores === 'string' ? Number(cores) : cores }),
        },
        answer: (incident) => ({
          ...incident,
          note: 'It counts from the next submit, once a person has approved: a running application keeps its executors.',
        }),
      };
    },
  },
  {
    path: /^(?<whole>\/api\/airflow\/dags\/[^/]+\/dagRuns\/[^/]+\/taskInstances\/[^/]+\/retry)$/,
    // Everything is in the path: a body may be left out.
    translate: ({ reason }, { whole = '' }) => ({
      kind: 'translated',
      path: whole,
      body: text(reason) === '' ? {} : { reason: text(reason) },
    }),
  },
];

/** What is known of one line, in the names of the form for one entry. */
function entryAnswer({ root_cause: cause, events, recommended_actions: actions }: Fields): Fields {
  const known = (cause ?? {}) as Fields;
  const [first] = Array.isArray(actions) ? (actions as Fields[]) : [];
  const [event] = Array.isArray(events) ? (events as Fields[]) : [];
  return {
    pattern: known.signature ?? event?.template ?? null,
    category: known.class ?? 'unknown',
    confidence: known.confidence ?? 0,
    suggestion: text(known.fix) || text(first?.title),
  };
}

/** The translation of a request, or null where it is in the API's own form. `path` has no slash at its end. */
export function translateForm(path: string, body: string): Translation | null {
  for (const form of DOCUMENT_FORMS) {
    const found = form.path.exec(path);
    if (found !== null) return form.translate(fieldsOf(body), found.groups ?? {});
  }
  return null;
}

/** The fields of a JSON object; none of anything else, which the route then refuses. */
function fieldsOf(body: string): Fields {
  try {
    const value: unknown = body === '' ? {} : JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
  } catch {
    return {};
  }
}
