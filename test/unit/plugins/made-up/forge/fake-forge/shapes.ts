import * as z from 'zod';
import { pathOfRepository } from '#shared/domain/incident/target-context.ts';

export const Repository = z.object({ id: z.number(), path: z.string(), mainBranch: z.string() });
export const ForgeRun = z.object({
  number: z.number(),
  attempt: z.number(),
  result: z.enum(['passed', 'failed']).nullable(),
  commit: z.string(),
  branch: z.string(),
  proposal: z.number().nullable(),
  startedBy: z.string(),
  begunAt: z.string(),
  endedAt: z.string().nullable(),
  page: z.string(),
});
export type ForgeRun = z.infer<typeof ForgeRun>;
export const ForgeJob = z.object({ number: z.number(), name: z.string(), result: z.enum(['passed', 'failed']) });
export const Remark = z.object({ number: z.number(), text: z.string(), by: z.string(), page: z.string() });
export const Delivery = z.object({ repository: Repository, run: ForgeRun });

export const conclusionOf = (result: 'passed' | 'failed' | null): string | null =>
  result === null ? null : result === 'passed' ? 'success' : 'failure';
export const eventOf = ({ proposal }: ForgeRun): string => (proposal === null ? 'push' : 'pull_request');
export const at = (repository: string): string => `repositories/${encodeURIComponent(pathOfRepository(repository))}`;
