import { once } from 'node:events';
import { signIn } from '../api/api-client.ts';
import { sessionFile } from '../api/session.ts';
import { defineCommand, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

const MAX_PASSWORD_LENGTH = 256;
const [INTERRUPT, END_OF_INPUT, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f'];

/** A terminal's input, of which nothing is shown while it is raw. */
interface RawInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

/** Reads one line of the input; what somebody types at a terminal is not shown. */
async function readPassword({ stdin, say }: Terminal): Promise<string> {
  const raw: RawInput = stdin as Terminal['stdin'] & RawInput;
  if (raw.isTTY !== true) return await readLine(stdin);
  say('Password (it is not shown):');
  raw.setRawMode?.(true);
  try {
    return await readLine(stdin);
  } finally {
    raw.setRawMode?.(false);
    stdin.pause();
  }
}

async function readLine(stdin: Terminal['stdin']): Promise<string> {
  stdin.setEncoding('utf8');
  let line = '';
  for (;;) {
    const piece: unknown = stdin.read();
    if (piece === null) {
      if (stdin.readableEnded || stdin.destroyed) return line;
      await Promise.race([once(stdin, 'readable'), once(stdin, 'end')]);
      continue;
    }
    for (const character of String(piece)) {
      if (character === '\n' || character === '\r' || character === END_OF_INPUT) return line;
      if (character === INTERRUPT) throw new UsageError('Interrupted; nothing was stored.');
      if (character === BACKSPACE || character === DELETE) line = [...line].slice(0, -1).join('');
      else if (/\p{Cc}/u.test(character)) throw new UsageError('The password contains a control character.');
      else line += character;
      if (line.length > MAX_PASSWORD_LENGTH)
        throw new UsageError(`The password is longer than ${MAX_PASSWORD_LENGTH} characters.`);
    }
  }
}

export const login = defineCommand({
  name: 'login',
  summary: 'sign in at a deployment; the commands that follow use it',
  details:
    'Asks for the password, or reads one line from stdin: printf %s "$PASSWORD" | selfheal login --url URL --user NAME.\n' +
    'Stores the session in ~/.config/selfheal/session.json (SELFHEAL_CONFIG_DIR, XDG_CONFIG_HOME), readable by you alone.\n' +
    'Programs need no sign-in: give them an API key in SELFHEAL_TOKEN.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    url: { type: 'string', value: 'URL', about: "the deployment's API; SELFHEAL_URL by default" },
    user: { type: 'string', value: 'NAME', about: 'your e-mail address or user name in the user pool' },
  },
  async run({ options }, terminal) {
    const url = options.url ?? terminal.environment.SELFHEAL_URL;
    if (!url) throw new UsageError('"selfheal login" needs --url URL, the address of the deployment\'s API.');
    if (!options.user) throw new UsageError('"selfheal login" needs --user NAME, your name in the user pool.');
    const password = await readPassword(terminal);
    if (password === '') throw new UsageError('No password was given.');
    await signIn(url, options.user, password, terminal);
    terminal.say(`selfheal: signed in as ${options.user} at ${url}; stored in ${sessionFile(terminal)}.`);
    return 0;
  },
});
