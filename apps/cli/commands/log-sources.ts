import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';

const READ_TODAY = [
  'the logs of failed GitHub runs, when their webhook arrives',
  'the logs of a service, when an alarm of it goes off',
  'what is sent to /v1/logs, all the time',
];
const INSTEAD = [
  ['send a log as it is written', 'selfheal log forward --service NAME FILE'],
  ['see the log that a service sends', 'selfheal log watched NAME'],
  ['watch it, and what is kept of new failures', 'selfheal log monitor --service NAME'],
  ['read a log file now', 'selfheal log triage FILE'],
  ['learn from incidents of the past', 'selfheal knowledge learn FILE.csv'],
] as const;

export const logSources = defineCommand({
  name: 'log sources',
  aliases: ['import-airflow-logs'],
  summary: 'which logs Selfheal reads by itself, and what to use for others',
  details:
    'Selfheal watches no log source: nothing is polled, no test lines are made, and nothing is imported from Airflow. So the options of commands\n' +
    'for that have no effect here. With --json: {watched: [], read: [...], instead: [{for, command}]}.',
  options: {
    'start-date': { type: 'string', value: 'DATE', about: 'of an import; has no effect' },
    'end-date': { type: 'string', value: 'DATE', about: 'of an import; has no effect' },
    'include-failures': { type: 'boolean', about: 'of an import; has no effect' },
    'auto-categorize': { type: 'boolean', about: 'of an import; has no effect' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    if (options.json === true) {
      const instead = INSTEAD.map(([reason, command]) => ({ for: reason, command }));
      await terminal.write(`${JSON.stringify({ watched: [], read: READ_TODAY, instead })}\n`);
      return 1;
    }
    await terminal.write(
      [
        'No log source is connected: nothing was read, made or imported.',
        'Selfheal reads by itself:',
        ...READ_TODAY.map((line) => `  ${line}`),
        'Instead:',
        ...INSTEAD.map(([reason, command]) => `  ${command.padEnd(38)} ${reason}`),
        '',
      ].join('\n'),
    );
    return 1;
  },
});
