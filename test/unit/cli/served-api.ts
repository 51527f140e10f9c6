import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { anApi } from '../functions/api-rig.ts';
import { type CommandResult, runCommand } from './run-command.ts';

/** The API on a port of this machine, and the command line of somebody with these roles. */
export async function aServedApi(change: Parameters<typeof anApi>[0] = {}) {
  const api = await anApi(change);
  const requests: string[] = [];
  const bodies: unknown[] = [];
  let isDown = false;
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = 'GET', url = '/', headers } = request;
    requests.push(`${method} ${decodeURIComponent(url)}`);
    if (isDown) return void response.destroy();
    const body = Buffer.concat(pieces).toString();
    bodies.push(body === '' ? null : JSON.parse(body));
    const answer = await api.call(url, { method, headers, ...(body === '' ? {} : { body }) });
    response.writeHead(answer.statusCode ?? 500, answer.headers as Record<string, string>).end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = (roles: string) => ({ SELFHEAL_URL: url, SELFHEAL_TOKEN: roles });
  const runAs = async (
    roles: string,
    args: readonly string[],
    stdin = '',
  ): Promise<CommandResult & { text: string }> => {
    const result = await runCommand(args, stdin, undefined, environment(roles));
    return { ...result, text: result.stdout.toString() };
  };
  /** Runs a command that waits: no time passes but what it waits for, and `meanwhile` is called with the number of the pause. */
  const runThrough = async (
    roles: string,
    args: readonly string[],
    meanwhile: (pause: number) => Promise<void> | void,
  ): Promise<CommandResult & { text: string }> => {
    let [now, pauses] = [0, 0];
    const pause = async (milliseconds: number): Promise<void> => {
      now += milliseconds;
      pauses += 1;
      await meanwhile(pauses);
    };
    const result = await runCommand(args, '', undefined, environment(roles), { now: () => now, pause });
    return { ...result, text: result.stdout.toString() };
  };
  /** Whether it hangs up on every request. */
  const setDown = (down: boolean): void => {
    isDown = down;
  };
  return {
    ...api,
    url,
    requests,
    bodies,
    runThrough,
    setDown,
    runAs,
    run: (...args: string[]) => runAs('operator', args),
  };
}
