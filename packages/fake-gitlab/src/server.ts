import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  jobAnswer,
  memberAnswer,
  mergeRequestAnswer,
  noteAnswer,
  noteEvent,
  pipelineAnswer,
  pipelineEvent,
  userAnswer,
} from './answers.ts';
import {
  currentJobs,
  DEVELOPER,
  type Job,
  type JobSpec,
  type MergeRequest,
  type Note,
  type Pipeline,
  type Project,
  quickActionsIn,
  SELF,
  shaOf,
  statusOf,
  type User,
} from './state.ts';

export interface PipelineSpec {
  readonly jobs: readonly JobSpec[];
  /** Results of the jobs that each retry makes. */
  readonly again?: readonly (readonly JobSpec[])[];
  /** Null: a push to the default branch. Default: a new merge request. */
  readonly mergeRequest?: number | null;
  /** Milliseconds until the jobs of a retry have ended. Default 300. */
  readonly retryMs?: number;
  /** Texts at its commit that differ from the default branch's. */
  readonly files?: Readonly<Record<string, string>>;
}

/** `thread`: whose note it answers. */
interface NoteKind {
  readonly internal?: boolean;
  readonly thread?: Note;
}

/** A request that changed something. */
export interface Change {
  readonly what: 'retry' | 'cancel' | 'note' | 'note-edit' | 'quick-action' | 'award';
  readonly about: string;
}

export interface FakeGitlab {
  /** `http://127.0.0.1:<port>/api/v4` */
  readonly apiUrl: string;
  readonly changes: readonly Change[];
  /** Requests that were answered with 400 to 499. */
  readonly refused: readonly string[];
  addProject(path: string, files?: Record<string, string>): Project;
  addPipeline(project: Project, spec: PipelineSpec): Pipeline;
  addUser(username: string, kind?: Pick<User, 'bot' | 'state'>): User;
  /** Somebody writes a note on a merge request; it is told of by `deliverNote`. */
  comment(project: Project, mergeRequest: number, author: User, body: string, kind?: NoteKind): Note;
  /** Sends the event of a note; gives the status of the answer. */
  deliverNote(project: Project, note: Note, headers?: Readonly<Record<string, string>>): Promise<number>;
  notes(project: Project, mergeRequest: number): readonly Note[];
  setWebhook(webhook: { readonly url: string; readonly token: string }): void;
  /** Sends the pipeline's event; gives the status of the answer. */
  deliver(pipeline: Pipeline, headers?: Readonly<Record<string, string>>): Promise<number>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
}
interface Call {
  readonly method: string;
  /** Decoded segments behind `/api/v4`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

const NOT_FOUND: Answer = { status: 404, json: { message: '404 Not found' } };
const FIRST_ID = 5000;

/** Starts a GitLab on 127.0.0.1 with a free port, which knows one token. */
/** Texts are those of the commit that a pipeline ran for, else of the default branch; a missing `ref` and one that nobody knows are refused, as on GitLab. */
function answerFile(project: Project, path: string, ref: string | null, pipelines: readonly Pipeline[]): Answer {
  if (ref === null) return { status: 400, json: { error: 'ref is missing, ref is empty' } };
  const commit = pipelines.find(({ sha }) => sha === ref);
  if (commit === undefined && ref !== 'HEAD' && ref !== project.defaultBranch)
    return { status: 404, json: { message: '404 Commit Not Found' } };
  const files = { ...project.files, ...commit?.files };
  return Object.hasOwn(files, path)
    ? { status: 200, text: files[path] ?? '' }
    : { status: 404, json: { message: '404 File Not Found' } };
}

export async function startFakeGitlab({ token }: { readonly token: string }): Promise<FakeGitlab> {
  const projects: Project[] = [];
  const pipelines: Pipeline[] = [];
  const changes: Change[] = [];
  const users: User[] = [SELF, DEVELOPER];
  const refused: string[] = [];
  let lastId = FIRST_ID;
  let webhook: { readonly url: string; readonly token: string } | null = null;
  let origin = '';
  const nextId = (): number => {
    lastId += 1;
    return lastId;
  };
  const makeJob = (spec: JobSpec, finishedAt: string | null): Job => ({
    ...spec,
    id: nextId(),
    createdAt: new Date().toISOString(),
    finishedAt,
  });

  const deliver = (pipeline: Pipeline, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    send(pipelineEvent(pipeline, origin), { 'x-gitlab-event': 'Pipeline Hook', ...headers });

  async function send(event: object, headers: Readonly<Record<string, string>>): Promise<number> {
    if (webhook === null) throw new Error('No webhook is set.');
    const answer = await fetch(webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitLab/18.0.0',
        'x-gitlab-token': webhook.token,
        'x-gitlab-event-uuid': randomUUID(),
        'idempotency-key': randomUUID(),
        ...headers,
      },
      body: JSON.stringify(event),
    });
    await answer.text();
    return answer.status;
  }

  /** https://docs.gitlab.com/api/pipelines/#retry-jobs-in-a-pipeline: failed and canceled jobs only. */
  function retry(pipeline: Pipeline): void {
    const planned = pipeline.again[pipeline.retries] ?? [];
    pipeline.retries += 1;
    pipeline.canceled = false;
    const failed = currentJobs(pipeline).filter(({ status }) => status === 'failed');
    const made = failed.map((job) => makeJob(planned.find(({ name }) => name === job.name) ?? job, null));
    pipeline.jobs.push(...made);
    changes.push({ what: 'retry', about: `${pipeline.project.path}/pipelines/${pipeline.id}` });
    void sleep(pipeline.retryMs).then(async () => {
      for (const job of made) job.finishedAt = new Date().toISOString();
      if (made.length > 0 && webhook !== null) await deliver(pipeline).catch(() => 0);
    });
  }

  function addNote(
    project: Project,
    mergeRequest: number,
    author: User,
    body: string,
    { internal = false, discussion }: { readonly internal?: boolean; readonly discussion?: string },
  ): Note {
    const id = nextId();
    const made: Note = {
      ...{ id, author, mergeRequest, body, internal, edits: 0, awards: [] },
      discussion: discussion ?? shaOf(`discussion ${id}`),
    };
    project.notes.push(made);
    return made;
  }

  /** https://docs.gitlab.com/api/emoji_reactions/: the same emoji a second time is refused with 404. */
  function award(project: Project, { awards, id }: Note, { body: { name } }: Call): Answer {
    if (typeof name !== 'string') return { status: 400, json: { error: 'name is missing' } };
    if (awards.includes(name))
      return { status: 404, json: { message: '404 Award Emoji Name has already been taken Not Found' } };
    awards.push(name);
    changes.push({ what: 'award', about: `${project.path}/notes/${id}: ${name}` });
    return { status: 201, json: { id: nextId(), name, user: userAnswer(SELF) } };
  }

  function write(project: Project, request: MergeRequest, body: string, note?: Note, discussion?: string): Note {
    const about = `${project.path}/merge_requests/${request.iid}`;
    for (const action of quickActionsIn(body)) {
      changes.push({ what: 'quick-action', about: `${about}: ${action}` });
      if (action.startsWith('/close')) request.state = 'closed';
      if (action.startsWith('/merge')) request.state = 'merged';
    }
    changes.push({ what: note === undefined ? 'note' : 'note-edit', about });
    if (note !== undefined) {
      note.body = body;
      note.edits += 1;
      return note;
    }
    return addNote(project, request.iid, SELF, body, discussion === undefined ? {} : { discussion });
  }

  function answerRequest(project: Project, request: MergeRequest, rest: readonly string[], call: Call): Answer {
    const [kind, id, part] = rest;
    if (kind === undefined) return { status: 200, json: mergeRequestAnswer(request, project, origin) };
    if (kind === 'diffs') return { status: 200, json: [] };
    const notes = project.notes.filter(({ mergeRequest }) => mergeRequest === request.iid);
    if (kind === 'discussions') return answerThread(project, request, notes, rest, call);
    if (kind !== 'notes') return NOT_FOUND;
    if (id === undefined && call.method === 'GET') return { status: 200, json: notes.map(noteAnswer) };
    const known = notes.find((one) => one.id === Number(id));
    if (part !== undefined || call.method === 'GET')
      return known === undefined
        ? NOT_FOUND
        : part === undefined
          ? { status: 200, json: noteAnswer(known) }
          : part === 'award_emoji' && call.method === 'POST'
            ? award(project, known, call)
            : NOT_FOUND;
    const { body } = call.body;
    if (typeof body !== 'string' || body === '') return { status: 400, json: { error: 'body is missing' } };
    if (id === undefined) return { status: 201, json: noteAnswer(write(project, request, body)) };
    return known === undefined || call.method !== 'PUT' || known.author !== SELF
      ? NOT_FOUND
      : { status: 200, json: noteAnswer(write(project, request, body, known)) };
  }

  /** https://docs.gitlab.com/api/discussions/#add-a-note-to-an-existing-merge-request-thread */
  function answerThread(
    project: Project,
    request: MergeRequest,
    notes: readonly Note[],
    [, discussion, part]: readonly string[],
    { method, body: { body } }: Call,
  ): Answer {
    if (method !== 'POST' || part !== 'notes' || !notes.some((one) => one.discussion === discussion)) return NOT_FOUND;
    if (typeof body !== 'string' || body === '') return { status: 400, json: { error: 'body is missing' } };
    return { status: 201, json: noteAnswer(write(project, request, body, undefined, discussion)) };
  }

  function answerPipelines(project: Project, rest: readonly string[], call: Call): Answer {
    const [id, part] = rest;
    const own = pipelines.filter((one) => one.project === project);
    if (id === undefined) {
      const wanted = (name: string, value: string) => (call.query.get(name) ?? value) === value;
      const found = own.filter(
        (one) =>
          wanted('ref', one.ref) &&
          wanted('sha', one.sha) &&
          wanted('source', one.source) &&
          (call.query.get('scope') !== 'finished' || statusOf(one) !== 'running'),
      );
      return { status: 200, json: found.toSorted((a, b) => b.id - a.id).map((one) => pipelineAnswer(one, origin)) };
    }
    const pipeline = own.find((one) => one.id === Number(id));
    if (pipeline === undefined) return NOT_FOUND;
    const now = (): Answer => ({ status: 201, json: pipelineAnswer(pipeline, origin) });
    if (part === undefined) return { ...now(), status: 200 };
    if (part === 'jobs') {
      const jobs = call.query.get('include_retried') === 'true' ? pipeline.jobs : currentJobs(pipeline);
      return { status: 200, json: jobs.toReversed().map((job) => jobAnswer(job, pipeline, origin)) };
    }
    if (call.method !== 'POST') return NOT_FOUND;
    if (part === 'retry') {
      retry(pipeline);
      return now();
    }
    if (part !== 'cancel') return NOT_FOUND;
    pipeline.canceled = statusOf(pipeline) === 'running';
    changes.push({ what: 'cancel', about: `${project.path}/pipelines/${pipeline.id}` });
    return { ...now(), status: 200 };
  }

  function answerProject(project: Project, rest: readonly string[], call: Call): Answer {
    const [kind, id, ...more] = rest;
    const pipelinesOf = pipelines.filter((one) => one.project === project);
    switch (kind) {
      case undefined:
        return {
          status: 200,
          json: {
            id: project.id,
            path_with_namespace: project.path,
            default_branch: project.defaultBranch,
            visibility: project.visibility,
          },
        };
      case 'pipelines':
        return answerPipelines(project, rest.slice(1), call);
      case 'jobs': {
        const pipeline = pipelinesOf.find(({ jobs }) => jobs.some((job) => job.id === Number(id)));
        const job = pipeline?.jobs.find((one) => one.id === Number(id));
        if (pipeline === undefined || job === undefined) return NOT_FOUND;
        if (more[0] === undefined) return { status: 200, json: jobAnswer(job, pipeline, origin) };
        return more[0] === 'trace' && job.trace !== null ? { status: 200, text: job.trace } : NOT_FOUND;
      }
      case 'merge_requests': {
        const request = project.mergeRequests.get(Number(id));
        return request === undefined ? NOT_FOUND : answerRequest(project, request, more, call);
      }
      case 'members': {
        const user = users.find((one) => id === 'all' && String(one.id) === more[0]);
        const level = user === undefined ? undefined : project.members.get(user.id);
        return user === undefined || level === undefined ? NOT_FOUND : { status: 200, json: memberAnswer(user, level) };
      }
      case 'repository': {
        const path = more[0] ?? '';
        if (id === 'files' && more[1] === 'raw') return answerFile(project, path, call.query.get('ref'), pipelinesOf);
        if (id === 'commits') {
          const requests = [...project.mergeRequests.values()].filter(({ sha }) => sha === path);
          const found = more[1] === 'merge_requests' ? requests : [];
          return { status: 200, json: found.map((one) => mergeRequestAnswer(one, project, origin)) };
        }
        return NOT_FOUND;
      }
      default:
        return NOT_FOUND;
    }
  }

  function answer(call: Call, authorization: string | undefined): Answer {
    if (authorization !== `Bearer ${token}`) return { status: 401, json: { message: '401 Unauthorized' } };
    const [first, id, ...rest] = call.path;
    if (first === 'user') return { status: 200, json: userAnswer(SELF) };
    if (first === 'users' && id === undefined)
      return { status: 200, json: usersNamed(users, call.query.get('username')).map(userAnswer) };
    if (first === 'users') {
      const user = users.find((one) => String(one.id) === id);
      return user === undefined ? NOT_FOUND : { status: 200, json: userAnswer(user) };
    }
    const project = projects.find(({ path, id: number }) => path === id || String(number) === id);
    return first === 'projects' && project !== undefined ? answerProject(project, rest, call) : NOT_FOUND;
  }

  const server = createServer((incoming, outgoing) => {
    read(incoming)
      .then((call) => {
        const given = answer(call, incoming.headers.authorization);
        if (given.status >= 400) refused.push(`${call.method} ${incoming.url}: ${given.status}`);
        sendAnswer(outgoing, given);
      })
      .catch(() => sendAnswer(outgoing, { status: 400, json: { error: 'The request cannot be read.' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    apiUrl: `${origin}/api/v4`,
    changes,
    refused,
    addProject(path, files = {}) {
      const project: Project = {
        id: nextId(),
        path,
        defaultBranch: 'main',
        mergeRequests: new Map(),
        notes: [],
        members: new Map(),
        visibility: 'private',
        files: { ...files },
      };
      projects.push(project);
      return project;
    },
    addPipeline(
      project,
      { jobs, again = [], mergeRequest = project.mergeRequests.size + 1, retryMs = 300, files = {} },
    ) {
      const id = nextId();
      const sha = shaOf(`${project.path} ${id}`);
      if (mergeRequest !== null && !project.mergeRequests.has(mergeRequest))
        project.mergeRequests.set(mergeRequest, {
          ...{ iid: mergeRequest, state: 'opened', author: DEVELOPER, sha },
          sourceProjectId: project.id,
        });
      const createdAt = new Date(Date.now() - 60_000).toISOString();
      const pipeline: Pipeline = {
        id,
        project,
        sha,
        ref: mergeRequest === null ? project.defaultBranch : `feature-${mergeRequest}`,
        source: mergeRequest === null ? 'push' : 'merge_request_event',
        mergeRequest,
        user: DEVELOPER,
        createdAt,
        jobs: jobs.map((spec) => ({ ...makeJob(spec, new Date().toISOString()), createdAt })),
        again: [...again],
        files,
        retryMs,
        retries: 0,
        canceled: false,
      };
      pipelines.push(pipeline);
      return pipeline;
    },
    addUser(username, kind = {}) {
      const user: User = { id: nextId(), username, ...kind };
      users.push(user);
      return user;
    },
    comment: (project, mergeRequest, author, body, { internal = false, thread } = {}) =>
      addNote(project, mergeRequest, author, body, {
        internal,
        ...(thread === undefined ? {} : { discussion: thread.discussion }),
      }),
    async deliverNote(project, note, headers = {}) {
      const request = project.mergeRequests.get(note.mergeRequest);
      if (request === undefined) throw new Error(`There is no merge request ${note.mergeRequest}.`);
      return await send(noteEvent(note, request, project, origin), { 'x-gitlab-event': 'Note Hook', ...headers });
    },
    notes: ({ notes }, mergeRequest) => notes.filter((note) => note.mergeRequest === mergeRequest),
    setWebhook(given) {
      webhook = given;
    },
    deliver,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** https://docs.gitlab.com/api/users/#list-users: with a user name the one of it, in any case. */
const usersNamed = (users: readonly User[], username: string | null): User[] =>
  users.filter((one) => username === null || one.username.toLowerCase() === username.toLowerCase());

async function read(incoming: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://gitlab.invalid');
  const [, path = ''] = /^\/api\/v4\/(.+)$/.exec(url.pathname) ?? [];
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return {
    method: incoming.method ?? 'GET',
    path: path.split('/').map(decodeURIComponent),
    query: url.searchParams,
    body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
  };
}

function sendAnswer(outgoing: ServerResponse, { status, json, text }: Answer): void {
  const body = text ?? JSON.stringify(json ?? null);
  outgoing.writeHead(status, { 'content-type': text === undefined ? 'application/json' : 'text/plain; charset=utf-8' });
  outgoing.end(body);
}
