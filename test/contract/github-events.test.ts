import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeGithubConformance } from './github-conformance.ts';

const EVENTS = join(import.meta.dirname, '../../events/github');
const cases = readdirSync(EVENTS).map((file) => ({
  file,
  sample: JSON.parse(readFileSync(join(EVENTS, file), 'utf8')) as {
    headers: Record<string, string>;
    body: Record<string, unknown>;
  },
}));

describe("sample webhooks against GitHub's own description", () => {
  it.each(cases)('$file has the described form', ({ sample }) => {
    const conformance = makeGithubConformance();
    conformance.checkWebhook(sample.headers['x-github-event'] ?? '', sample.body);
    expect(conformance.problems).toEqual([]);
  });

  it('has a GUID of its own for every sample', () => {
    const guids = cases.map(({ sample }) => sample.headers['x-github-delivery']);
    expect(new Set(guids).size).toBe(cases.length);
    for (const guid of guids) expect(guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('finds fault with a payload that lacks a field', () => {
    const sample = cases.find(({ file }) => file === 'workflow-run-completed-failure.json')?.sample;
    const { workflow_run, ...rest } = sample?.body ?? {};
    const { head_sha: _, ...without } = workflow_run as Record<string, unknown>;
    const conformance = makeGithubConformance();
    conformance.checkWebhook('workflow_run', { ...rest, workflow_run: without });
    expect(conformance.problems.join()).toContain("must have required property 'head_sha'");
  });
});
