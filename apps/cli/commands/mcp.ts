import { Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import * as z from 'zod';
import { API_OPTIONS, type ApiOptions, credentialsOf } from '#apps/workbench/api/api-client.ts';
import { readSession } from '#apps/workbench/api/session.ts';
import { makeDeploymentApi } from '#shared/adapters/http/deployment-api.ts';
import { makeMcpServer } from '#shared/app/mcp/server.ts';
import { ApiRefusal, type DeploymentApi } from '#shared/ports/deployment-api.ts';
import packageFile from '../../../package.json' with { type: 'json' };
import { makeLogDesk } from '../mcp/log-desk.ts';

const Me = z.object({ name: z.string(), dashboardUrl: z.string().nullish() });

/** Messages as bytes: the terminal removes control characters from text only. */
const outputOf = (terminal: Terminal): Writable =>
  new Writable({
    write: (piece: Buffer, _encoding, done) => void terminal.write(piece).then(() => done(), done),
  });

/** The API where one is named or somebody is signed in; null otherwise. Throws `UsageError` for a sign-in that does not hold. */
async function apiFor(options: ApiOptions, terminal: Terminal): Promise<DeploymentApi | null> {
  const { environment } = terminal;
  const isNamed = options.url !== undefined || options.token !== undefined || options.profile !== undefined;
  const isMeant = isNamed || environment.SELFHEAL_URL || (await readSession({ environment })) !== null;
  if (!isMeant) return null;
  const { base } = await credentialsOf(options, terminal);
  // A session is renewed while the server runs.
  const token = async () => (await credentialsOf(options, terminal)).token;
  const question = makeDeploymentApi({ baseUrl: base, token, dashboardUrl: null });
  const me = await question.get('/api/auth/me', {}, new AbortController().signal).catch((error: unknown) => {
    if (error instanceof ApiRefusal) throw new UsageError(`${base}: ${error.message} ${error.detail}`.trim());
    throw error;
  });
  const { name, dashboardUrl = null } = Me.parse(me);
  terminal.say(`selfheal: the server asks ${base} as ${name}.`);
  return makeDeploymentApi({ baseUrl: base, token, dashboardUrl });
}

export const mcp = defineCommand({
  name: 'mcp',
  summary: 'serve the Model Context Protocol on standard input and output, for an assistant',
  details:
    'An assistant starts it: {"command": "selfheal", "args": ["mcp"]} (docs/guide/assistants.md). Not signed in, it explains log files, searches the\n' +
    'shipped advice and, with GITHUB_TOKEN, explains runs. Signed in, it also reads incidents, evidence, tests, plans, policy and experiments, with\n' +
    'your rights. It changes nothing: a proposal holds a link on which a person decides. It ends when its input ends.',
  options: API_OPTIONS,
  async run({ options }, terminal) {
    const ports = { api: await apiFor(options, terminal), logs: makeLogDesk(terminal) };
    if (ports.api === null)
      terminal.say(
        'selfheal: nobody is signed in: the server explains logs. "selfheal login --url URL" adds incidents.',
      );
    const onFailure = (error: unknown): void => {
      terminal.say(`selfheal: ${error instanceof Error ? error.message : 'unknown error'}`);
    };
    const transport = new StdioServerTransport(terminal.stdin, outputOf(terminal));
    await new Promise<void>((resolve) => {
      terminal.stdin.once('close', resolve).once('end', resolve);
      serveStdio(() => makeMcpServer(ports, { version: packageFile.version, onFailure }), {
        transport,
        onerror: onFailure,
      });
    });
    return 0;
  },
});
