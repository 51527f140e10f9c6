import { describe, expect, it } from 'vitest';
import { sendToOllama } from '#apps/cli/library.ts';
import { githubWorld } from './github-world.ts';

const shop = githubWorld();
const url = () => shop.world.url;

describe('sendToOllama', () => {
  it('[A24][A39] asks by POST /api/generate without streaming, and sends no secret', async () => {
    shop.world.models.setDefault({ kind: 'prose', text: 'The package registry closed the connection.' });
    const asked: { path: string; body: unknown }[] = [];
    const end = shop.world.onExchange(({ service, request }) => {
      if (service !== 'github')
        asked.push({ path: `${request.method} ${request.path}`, body: JSON.parse(`${request.body}`) });
    });
    const token = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
    const answer = await sendToOllama('What broke?', `npm error ECONNRESET\ntoken=${token}`, { url: url() });
    end();
    expect(answer).toBe('The package registry closed the connection.');
    expect(asked).toEqual([
      {
        path: 'POST /api/generate',
        body: {
          model: 'qwen2.5-coder',
          stream: false,
          prompt: expect.stringContaining('What broke?\n\nnpm error ECONNRESET'),
        },
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain(token);
  });

  it('says how to mend a model that was not pulled, and a server that is not there', async () => {
    await expect(sendToOllama('Why?', '', { url: url(), model: 'mistral' })).rejects.toThrow(
      'Run "ollama pull mistral".',
    );
    const environment = { OLLAMA_URL: shop.closed };
    await expect(sendToOllama('Why?', '', { environment })).rejects.toThrow('Run "ollama serve", or set OLLAMA_URL.');
    await expect(sendToOllama('Why?', '', { url: 'ftp://x' })).rejects.toThrow('OLLAMA_URL is not a URL');
  });
});
