import { figuresByGroup } from '@selfheal/cli-kit/figures/figures.ts';
import { MACHINES } from './made-logs/machines.ts';
import { makeLog } from './made-logs/make-log.ts';
import { SERVICES } from './made-logs/services.ts';
import type { Suite } from './suite.ts';
import { onePassFigures, onHeaders, onMessages, templateFigures } from './template-figures.ts';

const LINES = 2_000;

/**
 * Template mining on made-up systems. Harder than logs of loghub: enumerations of few words and free texts are values here, which no
 * parser can tell from events. Meant for comparing versions.
 */
export const madeLogs: Suite = {
  name: 'made-logs',
  summary: 'log templates: 2,000 made-up lines of 16 systems, needs no data',
  async run(_, { progress }) {
    const logs = Object.entries({ ...SERVICES, ...MACHINES }).map(([name, templates], index) =>
      makeLog(name, templates, LINES, index + 1),
    );
    progress('messages');
    const messages = onMessages(logs);
    progress('messages with headers');
    const headers = onHeaders(logs);
    return {
      figures: [
        ...templateFigures(messages),
        ...templateFigures(headers, ', other headers'),
        ...onePassFigures(messages),
      ],
      byGroup: figuresByGroup(
        messages,
        ({ group }) => group,
        (own) => templateFigures(own),
      ),
    };
  },
};
