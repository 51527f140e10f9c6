import { spawn } from 'node:child_process';
import { startWorld } from '#apps/local/world/world.ts';

const world = await startWorld();
const seen: string[] = [];
world.onExchange(({ service, operation, request }) => {
  if (/anthropic|openai|ollama/.test(service + operation))
    seen.push(`${service} ${operation} ${request.headers['x-api-key'] ?? request.headers.authorization ?? ''}`);
});
const key = ['sk', 'ant', 'made', 'up'].join('-');
const child = spawn(process.execPath, ['apps/local/start.ts', '--once'], {
  env: {
    ...process.env,
    AI_API_KEY: key,
    AI_MODEL: 'claude-3-5-sonnet-20241022',
    AI_MAX_TOKENS: '900',
    OLLAMA_URL: '',
    OPENAI_API_KEY: ['sk', 'proj', 'x'].join('-'),
    ANTHROPIC_BASE_URL: world.url,
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
for (const s of [child.stdout, child.stderr]) s.on('data', (d) => process.stdout.write(d));
child.on('exit', async (code) => {
  console.log('EXIT', code, [...new Set(seen)], seen.length);
  await world.stop();
  process.exit(0);
});
