import { createHash } from 'node:crypto';

export interface JobSpec {
  readonly name: string;
  readonly status: 'success' | 'failed';
  readonly trace: string | null;
  readonly allowFailure?: boolean;
  readonly failureReason?: string;
}

export interface Job extends JobSpec {
  readonly id: number;
  readonly createdAt: string;
  /** Null while it runs. */
  finishedAt: string | null;
}

export interface Pipeline {
  readonly id: number;
  readonly project: Project;
  readonly sha: string;
  readonly ref: string;
  readonly source: string;
  readonly mergeRequest: number | null;
  readonly user: User;
  readonly createdAt: string;
  /** Every job that was ever made, retried ones included. */
  readonly jobs: Job[];
  /** Jobs of the retries to come, oldest first; without one, failed jobs fail again. */
  readonly again: (readonly JobSpec[])[];
  readonly retryMs: number;
  /** Texts at its commit that differ from the default branch's. */
  readonly files: Readonly<Record<string, string>>;
  retries: number;
  canceled: boolean;
}

export interface User {
  readonly id: number;
  readonly username: string;
  /** Of an access token or a service account. */
  readonly bot?: boolean;
  readonly state?: 'active' | 'blocked';
}

export interface Note {
  readonly id: number;
  readonly author: User;
  readonly mergeRequest: number;
  /** Id of its thread; a note that nobody answered has one as well. */
  readonly discussion: string;
  readonly internal: boolean;
  body: string;
  edits: number;
  /** Names of the emoji that Selfheal gave it. */
  readonly awards: string[];
}

export interface MergeRequest {
  readonly iid: number;
  state: 'opened' | 'closed' | 'merged';
  readonly author: User;
  readonly sha: string;
  /** Another project's for a fork. */
  readonly sourceProjectId: number;
}

export interface Project {
  readonly id: number;
  readonly path: string;
  readonly defaultBranch: string;
  readonly mergeRequests: Map<number, MergeRequest>;
  readonly notes: Note[];
  /** Access levels by the ids of users: 20 Reporter, 30 Developer, 40 Maintainer. */
  readonly members: Map<number, number>;
  visibility: 'private' | 'public';
  /** Texts of the default branch by path. */
  readonly files: Record<string, string>;
}

export const SELF: User = { id: 900, username: 'selfheal-bot' };
export const DEVELOPER: User = { id: 901, username: 'tanuki-dev' };

export const shaOf = (text: string): string => createHash('sha1').update(text).digest('hex');

/** The newest job of each name. */
export function currentJobs({ jobs }: Pipeline): Job[] {
  return [...new Map(jobs.map((job) => [job.name, job])).values()];
}

/** `failed` while a job failed that may not, once all have ended. */
export function statusOf(pipeline: Pipeline): 'running' | 'failed' | 'success' | 'canceled' {
  if (pipeline.canceled) return 'canceled';
  const jobs = currentJobs(pipeline);
  if (jobs.some(({ finishedAt }) => finishedAt === null)) return 'running';
  return jobs.some(({ status, allowFailure }) => status === 'failed' && allowFailure !== true) ? 'failed' : 'success';
}

/** Lines that GitLab would carry out: they begin with a command outside of code. */
export function quickActionsIn(body: string): string[] {
  return body
    .replaceAll(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1`*\s*$/gm, '')
    .split('\n')
    .filter((line) => /^\/(?:merge|close|approve|assign|label|rebase|draft|target_branch)\b/.test(line));
}
