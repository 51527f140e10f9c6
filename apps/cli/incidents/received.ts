import type { Terminal } from '@selfheal/cli-kit/terminal.ts';

/** How a sender is set up, as the API says it. */
export interface SetupAnswer {
  readonly connection: { readonly id: string; readonly source: string };
  readonly url: string;
  readonly secret: string | null;
  readonly how: string;
}

/** Address, secret and what to enter at the sender; as JSON with `--json`. */
export async function showSetup(setup: SetupAnswer, json: boolean, terminal: Terminal): Promise<void> {
  const { connection, url, secret, how } = setup;
  const lines = [
    `Connection ${connection.id} (${connection.source})`,
    `Address: ${url}`,
    `Secret:  ${secret ?? 'made by the sender'}`,
    how,
  ];
  await terminal.write(json ? `${JSON.stringify(setup)}\n` : `${lines.join('\n')}\n`);
}
