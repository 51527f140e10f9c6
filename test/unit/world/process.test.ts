import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { callWorld } from '#apps/local/world/control-channel.ts';

it('runs as a process of its own that is steered from outside and ends with its standard input', async () => {
  const main = join(import.meta.dirname, '../../../apps/local/world/main.ts');
  const child = spawn('node', [main, '--port', '0'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { githubApiUrl, controlUrl } = JSON.parse(line) as { githubApiUrl: string; controlUrl: string };
  const failed = await callWorld(controlUrl, 'samples', 'failRun', 'compile', { deliver: 'none' });
  const headers = { authorization: 'Bearer x', 'user-agent': 'test' };
  const answer = await fetch(`${githubApiUrl}/repos/acme/shop/actions/runs/${failed.runId}`, { headers });
  expect(await answer.json()).toMatchObject({ id: failed.runId, conclusion: 'failure' });
  expect(await callWorld(controlUrl, 'journal', 'count', 'github.run.rerun')).toBe(0);
  await expect(callWorld(controlUrl, 'github', 'announceRun', 1)).rejects.toThrow('There is no run 1.');
  child.stdin.end();
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
});
