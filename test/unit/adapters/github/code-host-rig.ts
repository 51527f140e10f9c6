import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { startServer } from './scripted-server.ts';

export const REPO = '/repos/acme/shop';
export const RERUN = `POST ${REPO}/actions/runs/7/rerun-failed-jobs`;
export const RUN = `GET ${REPO}/actions/runs/7`;
export const aRun = (change: Record<string, unknown> = {}) => ({
  id: 7,
  run_attempt: 2,
  status: 'completed',
  conclusion: 'failure',
  html_url: 'https://github.example/acme/shop/actions/runs/7',
  workflow_id: 77,
  head_sha: 'a'.repeat(40),
  created_at: '2026-11-21T11:00:00Z',
  updated_at: '2026-11-21T11:03:00Z',
  event: 'push',
  ...change,
});
export const aComment = (id: number, body: string, user: unknown) => ({
  id,
  body,
  user,
  html_url: `https://github.example/c/${id}`,
});

/** A code host that speaks to a scripted GitHub, with a clock that sleeps at once. */
export async function aCodeHost() {
  const github = await startServer();
  const clock = fakeClock();
  const host = makeGithubCodeHost({
    apiUrl: github.url,
    token: async () => 'test-token',
    clock,
    timeoutMilliseconds: 300,
  });
  return { github, clock, host };
}
