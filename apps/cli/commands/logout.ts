import { defineCommand } from '@selfheal/cli-kit/command.ts';
import { removeSession } from '#apps/workbench/api/session.ts';

export const logout = defineCommand({
  name: 'logout',
  summary: 'forget the sign-in of this machine',
  options: { profile: { type: 'string', value: 'NAME', about: 'the sign-in of this name' } },
  async run({ options }, terminal) {
    terminal.say(
      (await removeSession({ ...terminal, profile: options.profile }))
        ? 'selfheal: the sign-in of this machine was removed.'
        : 'selfheal: nobody was signed in.',
    );
    return 0;
  },
});
