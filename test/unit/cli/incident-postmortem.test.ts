import { describe, expect, it } from 'vitest';
import { askAbout } from '../functions/api-rig.ts';
import { aServedApi } from './served-api.ts';

describe('selfheal incident postmortem', () => {
  it('drafts a post-mortem in which every fact names its source', async () => {
    const api = await aServedApi();
    const digest = await askAbout(api);
    const { code, text } = await api.runAs('viewer', ['incident', 'postmortem', api.incident.id]);
    expect(code).toBe(0);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Timeline',
      'What was known when',
      'Cause and evidence',
      'What was tried',
      'What is open',
    ]);
    const facts = text.split('\n').filter((line) => line.startsWith('- '));
    expect(facts.length).toBeGreaterThan(2);
    for (const fact of facts) expect(fact).toMatch(/\([^()]+\)$/);
    expect(text).toContain(`(approval ${digest.slice(0, 12)})`);
    expect(text).toMatch(/## What was known when\n\n- 2026-11-21T12:00:00\.000Z: The plan was .*\(audit trail 1\)/);
  });

  it('changes nothing, and says in the words of the API that there is no such incident', async () => {
    const api = await aServedApi();
    const { code, stderr } = await api.runAs('viewer', ['postmortem', 'gh-ffffffff']);
    expect({ code, stderr }).toMatchObject({ code: expect.any(Number), stderr: expect.stringMatching(/404/) });
    expect(code).not.toBe(0);
    expect(api.requests.every((request) => request.startsWith('GET '))).toBe(true);
  });
});
