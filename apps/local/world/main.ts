import { parseArgs } from 'node:util';
import { messageOf } from '@selfheal/kernel/errors.ts';
import { serveControl } from './control-channel.ts';
import { type AwsEvent, startWorld } from './world.ts';

const USAGE = `Usage: node apps/local/world/main.ts [--port N] [--data DIR] [--webhook-url URL --webhook-secret TEXT] [--event-url URL]
Starts the local outside world (GitHub, AWS, language models) and prints one JSON line with its URLs.
Ends when standard input closes or on SIGTERM.`;

function readArguments() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        data: { type: 'string' },
        'webhook-url': { type: 'string' },
        'webhook-secret': { type: 'string' },
        'event-url': { type: 'string' },
      },
    }).values;
  } catch (error) {
    console.error(messageOf(error));
    console.error(USAGE);
    return process.exit(2);
  }
}

/** Delivers an event, retrying for ten seconds while the receiver does not answer. (EventBridge retries for 24 hours.) */
async function postEvent(url: string, event: AwsEvent): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    const sent = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    }).catch(() => null);
    if (sent?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  console.error(`The event ${event.id} could not be delivered to ${url} after 40 attempts. Is the runtime running?`);
}

const values = readArguments();
const eventUrl = values['event-url'];
const webhookUrl = values['webhook-url'];
const world = await startWorld({
  port: Number(values.port),
  ...(values.data === undefined ? {} : { dataDir: values.data }),
  ...(webhookUrl === undefined ? {} : { webhook: { url: webhookUrl, secret: values['webhook-secret'] ?? '' } }),
  onEvent(event) {
    if (eventUrl !== undefined) void postEvent(eventUrl, event);
  },
});
const control = await serveControl(world);
const { url, githubApiUrl, awsUrl } = world;
console.log(JSON.stringify({ url, githubApiUrl, awsUrl, controlUrl: control.url }));

async function end(): Promise<void> {
  await control.stop();
  await world.stop();
  process.exit(0);
}
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
process.stdin.on('end', () => void end()).resume();
