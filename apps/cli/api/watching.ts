import { type OptionSpecs, type OptionValues, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { API_OPTIONS, type ApiClient, openApi } from '#apps/workbench/api/api-client.ts';
import { durationOption } from '../duration.ts';

/** Of commands that look at a deployment again and again, every `seconds` by default. */
export const watchOptions = (seconds: number) =>
  ({
    ...API_OPTIONS,
    every: {
      type: 'string',
      value: 'TIME',
      about: `time between two looks: seconds, or such as 5m; MONITORING_INTERVAL, or ${seconds} by default`,
    },
    for: {
      type: 'string',
      value: 'TIME',
      aliases: ['duration'],
      about: 'end after this time: seconds, or such as 5m; at Ctrl-C by default',
    },
  }) as const satisfies OptionSpecs;

export interface Watched {
  /** Looks that the API answered. */
  readonly looks: number;
  readonly unanswered: number;
}

/** Under an older Node the launcher passes on what the terminal has sent already. */
const SAME_PRESS_MILLISECONDS = 500;

/**
 * Calls `look` at once and then every few seconds, until the time of `--for` is over or somebody presses Ctrl-C. While the API does not answer it says so on stderr and goes
 * on; only the first look fails, because it shows whether address and token are right. Throws `UsageError`.
 */
export async function watchApi(
  options: OptionValues<ReturnType<typeof watchOptions>>,
  otherwise: number,
  terminal: Terminal,
  look: (client: ApiClient) => Promise<void>,
): Promise<Watched> {
  const every = durationOption('every', options.every ?? (terminal.environment.MONITORING_INTERVAL || undefined), {
    otherwise,
    atMost: 3600,
  });
  const seconds =
    options.for === undefined ? Infinity : durationOption('for', options.for, { otherwise: 1, atMost: 86_400 });
  const end = terminal.now() + seconds * 1000;
  const interrupt = new AbortController();
  let interruptedAt = Infinity;
  // The caller sums up what it saw; whoever presses it again does not want to wait for that.
  const onInterrupt = () => {
    if (!interrupt.signal.aborted) {
      interruptedAt = terminal.now();
      interrupt.abort();
    } else if (terminal.now() - interruptedAt > SAME_PRESS_MILLISECONDS) {
      process.off('SIGINT', onInterrupt);
      process.kill(process.pid, 'SIGINT');
    }
  };
  process.on('SIGINT', onInterrupt);
  let [looks, unanswered, waited, isDown] = [0, 0, 0, false];
  try {
    for (;;) {
      try {
        // Opened anew each time: the token of `selfheal login` expires.
        await look(await openApi(options, terminal));
        if (isDown) terminal.say('selfheal: the API answers again.');
        looks += 1;
        isDown = false;
      } catch (error) {
        if (!(error instanceof UsageError) || looks === 0) throw error;
        if (!isDown) terminal.say(`selfheal: ${error.message} Trying again every ${every} seconds.`);
        unanswered += 1;
        isDown = true;
      }
      // By its pauses, too: a clock that is put back does not keep it from ending.
      const left = Math.min(end - terminal.now(), seconds * 1000 - waited);
      if (left <= 0 || interrupt.signal.aborted) return { looks, unanswered };
      const pause = Math.min(every * 1000, left);
      await terminal.pause(pause, interrupt.signal);
      if (interrupt.signal.aborted) return { looks, unanswered };
      waited += pause;
    }
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
