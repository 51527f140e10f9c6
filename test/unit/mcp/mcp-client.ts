import { PassThrough } from 'node:stream';
import { Client, type ClientOptions, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client';
import { makeTerminal } from '@selfheal/cli-kit/terminal.ts';
import { onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { runCli } from '#apps/workbench/cli.ts';

/** The revisions that are served, and how a client asks for each. */
export const REVISIONS: Readonly<Record<string, ClientOptions>> = {
  '2026-07-28': { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  '2025-11-25': { supportedProtocolVersions: ['2025-11-25'] },
  '2025-06-18': { supportedProtocolVersions: ['2025-06-18'] },
};

/** `selfheal mcp` on streams of its own, every message of which is kept, and the official client at its other end. */
export async function anMcpClient({
  environment = {},
  revision = '2026-07-28',
}: {
  readonly environment?: Readonly<Record<string, string>>;
  readonly revision?: string;
} = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const said: string[] = [];
  stderr.on('data', (piece: Buffer) => said.push(String(piece)));
  const terminal = makeTerminal({
    stdin,
    stdout,
    stderr,
    environment: { SELFHEAL_CONFIG_DIR: '/nonexistent', ...environment },
    now: Date.now,
  });
  const ended = runCli(['mcp'], COMMANDS, terminal);
  const messages: { readonly from: 'client' | 'server'; readonly message: JSONRPCMessage }[] = [];
  const transport: Transport = {
    async start() {
      let rest = '';
      stdout.on('data', (piece: Buffer) => {
        const lines = (rest + piece).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const message = JSON.parse(line) as JSONRPCMessage;
          messages.push({ from: 'server', message });
          transport.onmessage?.(message);
        }
      });
    },
    async send(message) {
      messages.push({ from: 'client', message });
      stdin.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      stdin.end();
      transport.onclose?.();
    },
  };
  const client = new Client({ name: 'test', version: '1' }, REVISIONS[revision]);
  onTestFinished(async () => {
    await client.close();
    stdin.end();
    await ended;
  });
  await client.connect(transport);
  /** What a tool answers, which the client has checked against the tool's schema. */
  const call = async (name: string, input: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: input });
    const [content] = result.content as readonly { readonly type: string; readonly text: string }[];
    return { isError: result.isError === true, answer: result.structuredContent as never, text: content?.text ?? '' };
  };
  return { client, call, messages, said, ended };
}
