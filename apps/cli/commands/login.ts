import { once } from 'node:events';
import { defineCommand, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { signIn } from '#apps/workbench/api/api-client.ts';
import { sessionFile } from '#apps/workbench/api/session.ts';
import { signInWithBrowser } from '../api/browser-login.ts';

const MAX_PASSWORD_LENGTH = 256;
const [INTERRUPT, END_OF_INPUT, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f'];

/** A terminal's input, of which nothing is shown while it is raw. */
interface RawInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

/** Reads lines that nobody sees: what is typed at a terminal is not shown. */
function secretLines({ stdin, say }: Terminal): (prompt: string) => Promise<string> {
  const raw: RawInput = stdin as Terminal['stdin'] & RawInput;
  let rest = '';
  return async (prompt) => {
    if (raw.isTTY !== true) {
      const { line, after } = await readLine(stdin, rest);
      rest = after;
      return line;
    }
    say(`${prompt} (it is not shown):`);
    raw.setRawMode?.(true);
    try {
      return (await readLine(stdin, '')).line;
    } finally {
      raw.setRawMode?.(false);
      stdin.pause();
    }
  };
}

/** The first line of `rest` and what the input holds, and what follows it. */
async function readLine(stdin: Terminal['stdin'], rest: string): Promise<{ line: string; after: string }> {
  stdin.setEncoding('utf8');
  let line = '';
  let piece: unknown = rest;
  for (;;) {
    for (const [at, character] of [...String(piece ?? '')].entries()) {
      if (character === '\n' || character === '\r' || character === END_OF_INPUT) {
        return {
          line,
          after: [...String(piece)]
            .slice(at + 1)
            .join('')
            .replace(/^\n/, ''),
        };
      }
      if (character === INTERRUPT) throw new UsageError('Interrupted; nothing was stored.');
      if (character === BACKSPACE || character === DELETE) line = [...line].slice(0, -1).join('');
      else if (/\p{Cc}/u.test(character)) throw new UsageError('The password contains a control character.');
      else line += character;
      if (line.length > MAX_PASSWORD_LENGTH)
        throw new UsageError(`The password is longer than ${MAX_PASSWORD_LENGTH} characters.`);
    }
    piece = stdin.read();
    if (piece !== null) continue;
    if (stdin.readableEnded || stdin.destroyed) return { line, after: '' };
    await Promise.race([once(stdin, 'readable'), once(stdin, 'end')]);
  }
}

/** Throws `UsageError` when nothing is given. */
async function answerTo(detail: string, name: 'NEW_PASSWORD_REQUIRED' | 'SOFTWARE_TOKEN_MFA', read: Reader) {
  const answer = await read(name === 'SOFTWARE_TOKEN_MFA' ? 'Code of your authenticator' : 'Your new password');
  if (answer === '') throw new UsageError(`${detail} Run the command again and give it after the password.`);
  if (name === 'NEW_PASSWORD_REQUIRED' && (await read('Your new password again')) !== answer) {
    throw new UsageError('The two new passwords differ; nothing was changed. Run the command again.');
  }
  return answer;
}
type Reader = (prompt: string) => Promise<string>;

const WAIT_SECONDS = 300;
const MAX_WAIT_SECONDS = 3600;

export const login = defineCommand({
  name: 'login',
  summary: 'sign in at a deployment; the commands that follow use it',
  details:
    'Opens your browser, where you sign in at the user pool; it answers to a port of this machine.\n' +
    'With --user, for machines without a browser: asks for the password, or reads it from stdin:\n' +
    'printf %s "$PASSWORD" | selfheal login --url URL --user NAME. Asks for a new password when\n' +
    'yours is a temporary one, and for the code of your authenticator; from stdin each on a line of its own, a new password twice.\n' +
    'Stores the session in ~/.config/selfheal/session.json (SELFHEAL_CONFIG_DIR, XDG_CONFIG_HOME), readable by you alone.\n' +
    'Programs need no sign-in: give them an API key in SELFHEAL_TOKEN.',
  options: {
    url: { type: 'string', value: 'URL', about: "the deployment's API; SELFHEAL_URL by default" },
    user: { type: 'string', value: 'NAME', about: 'sign in with a password: your e-mail address or user name' },
    'no-browser': { type: 'boolean', about: 'only print the address; open it in a browser of this machine' },
    wait: {
      type: 'string',
      value: 'SECONDS',
      about: `how long to wait for the browser, 1 to ${MAX_WAIT_SECONDS}; ${WAIT_SECONDS} by default`,
    },
    profile: {
      type: 'string',
      value: 'NAME',
      about: 'a name for this sign-in, to keep several: --profile NAME, SELFHEAL_PROFILE',
    },
  },
  async run({ options }, terminal) {
    const { user, url = terminal.environment.SELFHEAL_URL } = options;
    if (!url) throw new UsageError('"selfheal login" needs --url URL, the address of the deployment\'s API.');
    if (user === '')
      throw new UsageError('--user: give your name in the user pool, or leave the option out to use your browser.');
    const place = { ...terminal, profile: options.profile };
    // Fails before anybody signs in.
    const file = sessionFile(place);
    if (user === undefined) {
      const waitSeconds = wholeNumber('wait', options.wait, { otherwise: WAIT_SECONDS, atMost: MAX_WAIT_SECONDS });
      const openBrowser = options['no-browser'] !== true;
      await signInWithBrowser(url, { waitSeconds, openBrowser }, terminal, place);
    } else await signInWithPassword(url, user, terminal, place);
    terminal.say(`selfheal: signed in${user === undefined ? '' : ` as ${user}`} at ${url}; stored in ${file}.`);
    return 0;
  },
});

async function signInWithPassword(url: string, user: string, terminal: Terminal, place: Parameters<typeof signIn>[3]) {
  const read = secretLines(terminal);
  const password = await read('Password');
  if (password === '') throw new UsageError('No password was given.');
  const ask = (name: 'NEW_PASSWORD_REQUIRED' | 'SOFTWARE_TOKEN_MFA', detail: string) => answerTo(detail, name, read);
  await signIn(url, { user, password }, ask, place);
}
