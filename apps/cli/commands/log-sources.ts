import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';

const READ = [
  'the logs of failed runs, when their webhook arrives',
  'the logs of a service, when an alarm of it goes off',
  'what is sent to /v1/logs, all the time',
  'log groups of CloudWatch Logs that "logSubscriptions" of selfheal.json lists, all the time',
  'addresses that "healthChecks" of selfheal.json lists, once a minute',
  'what failed in the Airflow and Spark that "jobs" of selfheal.json lists, once a minute',
];
const MORE = [
  ['send a log as it is written', 'selfheal log forward --service NAME FILE'],
  ['see the log that a service sends', 'selfheal log watched NAME'],
  ['watch it, and what is kept of new failures', 'selfheal log monitor --service NAME'],
  ['read a log file now', 'selfheal log triage FILE'],
  ['read what failed in Airflow', 'selfheal airflow import --start-date DATE'],
  ['read why Spark applications failed', 'selfheal spark diagnose'],
  ['learn from incidents of the past', 'selfheal knowledge learn FILE.csv'],
] as const;

export const logSources = defineCommand({
  name: 'log sources',
  summary: 'which logs Selfheal reads by itself, and what to use for others',
  details: 'With --json: {read: [...], more: [{for, command}]}.',
  options: JSON_OPTION,
  async run({ options }, terminal) {
    if (options.json === true) {
      const more = MORE.map(([reason, command]) => ({ for: reason, command }));
      await terminal.write(`${JSON.stringify({ read: READ, more })}\n`);
      return 0;
    }
    await terminal.write(
      [
        'Selfheal reads by itself:',
        ...READ.map((line) => `  ${line}`),
        'Beside that:',
        ...MORE.map(([reason, command]) => `  ${command.padEnd(41)} ${reason}`),
        '',
      ].join('\n'),
    );
    return 0;
  },
});
