import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Figures, Meter, TableBox } from '../../ui/figures.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { durationWords } from '../../ui/time.tsx';
import { classWords, counted, percent } from '../../ui/words.ts';
import { STAGES, scopeWords, useScopes } from '../knowledge/words.tsx';
import '../overview/overview.css';
import '../incident/incident.css';
import '../../ui/form.css';
import {
  type Health,
  type Period,
  type Report,
  type Status,
  useAccuracy,
  useHealth,
  useQuality,
  useReport,
  useStatus,
} from './learning-api.ts';
import { Models } from './models.tsx';
import { CostsSection, ServiceLevels } from './operation.tsx';
import './learning.css';

const AccuracyChart = lazy(async () => ({ default: (await import('./charts.tsx')).AccuracyChart }));
const ReliabilityChart = lazy(async () => ({ default: (await import('./charts.tsx')).ReliabilityChart }));

const DAYS = { 7: '7 days', 30: '30 days', 90: '90 days', 365: '1 year' } as const;

/** How well Selfheal recognises failures, what it has learned, and what the next stage needs. */
export default function LearningPage() {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const period: Period = {
    scope: search.scope ?? '',
    days: Object.hasOwn(DAYS, search.days ?? '') ? (search.days ?? '30') : '30',
  };
  const scopes = useScopes();
  const change = (next: Partial<Period>) =>
    void navigate({ to: '/learning', search: { ...period, ...next } as never, replace: true });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Learning</h1>
        <span className="end learning-period">
          <select
            className="input"
            aria-label="Applies to"
            value={period.scope}
            onChange={(event) => change({ scope: event.target.value })}
          >
            <option value="">All repositories and services</option>
            {(scopes.data ?? []).map(({ scope }) => (
              <option key={scope} value={scope}>
                {scopeWords(scope)}
              </option>
            ))}
          </select>
          <select
            className="input"
            aria-label="Period"
            value={period.days}
            onChange={(event) => change({ days: event.target.value })}
          >
            {Object.entries(DAYS).map(([days, label]) => (
              <option key={days} value={days}>
                {label}
              </option>
            ))}
          </select>
        </span>
      </div>
      <div className="story-main">
        <StageSection period={period} />
        <Quality period={period} />
        <div className="learning-columns">
          <HealthSection period={period} />
          <ReportSection period={period} />
        </div>
        <Models />
        <CostsSection period={period} />
        <ServiceLevels period={period} />
      </div>
    </div>
  );
}

function stageWords(stage: Status['stage']['stage']): string {
  return stage === 'none' ? 'Nothing learned yet' : STAGES[stage].label;
}

function expectedWords({ next, etaDays }: Pick<Status['stage'], 'next' | 'etaDays'>): string {
  if (next === null) return 'It is the highest stage.';
  if (etaDays === null) return 'At the current pace, no date can be given.';
  return etaDays <= 0 ? 'Expected today.' : `Expected in about ${counted(etaDays, 'day')}.`;
}

function StageSection({ period }: { readonly period: Period }) {
  const status = useStatus(period);
  return (
    <Figures
      title="Stage"
      figures={status}
      end={({ enabled }) => (
        <span className="pill" data-tone={enabled.fromOutcomes ? 'good' : 'none'}>
          {enabled.fromOutcomes ? 'Learns from outcomes' : 'Learning is switched off'}
        </span>
      )}
    >
      {({ stage, closest, patterns }) => (
        <>
          <div className="card-body stage">
            <div>
              <p className="stage-name">{stageWords(stage.stage)}</p>
              <p className="soft">
                {counted(patterns.active, 'pattern')}
                {patterns.needApproval > 0 ? `, ${patterns.needApproval} of them need an approval` : ''}
              </p>
            </div>
            <div className="stage-progress">
              <p>
                <span>{stage.next === null ? 'No further stage' : `Next: ${STAGES[stage.next].label}`}</span>
                <span className="number">{percent(stage.progress)}</span>
              </p>
              <Meter share={stage.progress} />
              <p className="soft">
                {expectedWords(stage)} {stage.missing.length === 0 ? '' : `Missing: ${stage.missing.join('; ')}.`}
              </p>
            </div>
          </div>
          {closest.length === 0 ? null : (
            <TableBox label="Patterns that are closest to their next stage" settings>
              <thead>
                <tr>
                  <th scope="col">Closest to their next stage</th>
                  <th scope="col">Now</th>
                  <th scope="col">Progress</th>
                  <th scope="col">Missing</th>
                </tr>
              </thead>
              <tbody>
                {closest.map((one) => (
                  <tr key={`${one.scope} ${one.id}`}>
                    <th scope="row">
                      <Link to="/knowledge/$id" params={{ id: one.id } as never} search={{ scope: one.scope } as never}>
                        {one.title}
                      </Link>
                      <p className="hint">{scopeWords(one.scope)}</p>
                    </th>
                    <td data-label="Now">{STAGES[one.stage].label}</td>
                    <td className="progress-cell" data-label="Progress">
                      <span className="number">{percent(one.progress)}</span>
                      <Meter share={one.progress} />
                    </td>
                    <td className="soft">
                      {one.missing.length === 0 ? '' : `${one.missing.join('; ')}. `}
                      {expectedWords(one)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </TableBox>
          )}
        </>
      )}
    </Figures>
  );
}

function Quality({ period }: { readonly period: Period }) {
  const accuracy = useAccuracy(period);
  const quality = useQuality();
  return (
    <div className="learning-columns">
      <Figures
        title="Accuracy over time"
        figures={accuracy}
        end={() => (
          <span className="legend">
            <span data-tone="accent">Right</span>
            <span data-tone="warn">Confidence</span>
          </span>
        )}
      >
        {(series) =>
          series.points.every(({ judged }) => judged === 0) ? (
            <EmptyState icon="chart" title="No answer was judged yet">
              An answer is judged when its incident has ended, or when somebody says what it really was.
            </EmptyState>
          ) : (
            <div className="chart">
              <Suspense fallback={<div className="skeleton" />}>
                <AccuracyChart series={series} />
              </Suspense>
            </div>
          )
        }
      </Figures>
      <Figures
        title="Whether the confidence can be believed"
        figures={quality}
        end={({ calibrationError }) =>
          calibrationError === null ? null : <span className="soft">off by {percent(calibrationError)} on average</span>
        }
      >
        {(figures) =>
          figures.reliability.every(({ cases }) => cases === 0) ? (
            <EmptyState icon="chart" title="No answer was judged yet">
              Points on the diagonal mean: of answers with 80 % confidence, 80 % were right.
            </EmptyState>
          ) : (
            <div className="chart">
              <Suspense fallback={<div className="skeleton" />}>
                <ReliabilityChart reliability={figures.reliability} />
              </Suspense>
            </div>
          )
        }
      </Figures>
    </div>
  );
}

const HEALTH: Readonly<Record<Health['checks'][number]['state'], readonly [string, 'good' | 'bad' | 'none']>> = {
  good: ['Good', 'good'],
  bad: ['Not good', 'bad'],
  unknown: ['Not known', 'none'],
};

function HealthSection({ period }: { readonly period: Period }) {
  return (
    <Figures
      title="Health"
      figures={useHealth(period)}
      end={({ healthy }) => (
        <span className="pill" data-tone={healthy ? 'good' : 'bad'}>
          {healthy ? 'Learning works' : 'Needs attention'}
        </span>
      )}
    >
      {({ checks, weak, recommendations }) => (
        <>
          <ul className="actions">
            {checks.map(({ name, state, text, advice }) => (
              <li key={name}>
                <span className="pill" data-tone={HEALTH[state][1]}>
                  {HEALTH[state][0]}
                </span>
                <div>
                  <strong>{classWords(name)}</strong>
                  <p className="soft">
                    {text}. {advice}
                  </p>
                </div>
              </li>
            ))}
            {weak.map(({ patternId, title, helped, advice }) => (
              <li key={patternId}>
                <span className="pill" data-tone="warn">
                  Weak
                </span>
                <div>
                  <strong>{title}</strong>
                  <p className="soft">
                    It helped in {numberText(helped.hits)} of {numberText(helped.cases)}. {advice}
                  </p>
                </div>
              </li>
            ))}
          </ul>
          {recommendations.length === 0 ? null : (
            <ul className="card-body prose recommendations">
              {recommendations.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          )}
        </>
      )}
    </Figures>
  );
}

type Share = Report['outcomes']['helped'];
const minutesWords = (minutes: number | null): string => (minutes === null ? '–' : durationWords(minutes * 60_000));

const meanWords = ({ incidents, meanMinutes }: { incidents: number; meanMinutes: number | null }): string =>
  incidents === 0 ? '–' : `${minutesWords(meanMinutes)} (${incidents})`;

const shareWords = (share: Share): string =>
  share === null ? '–' : `${percent(share.value)} (${numberText(share.hits)} of ${numberText(share.cases)})`;

function ReportSection({ period }: { readonly period: Period }) {
  return (
    <Figures
      title={`What was learned in ${DAYS[period.days as unknown as keyof typeof DAYS]}`}
      figures={useReport(period)}
    >
      {({ patterns, incidents, outcomes, movements }) => {
        const rows: readonly (readonly [name: string, value: string])[] = [
          ['Patterns learned', `${patterns.learned} (${patterns.perWeek.toFixed(1)} a week)`],
          ['Taken back', String(patterns.takenBack)],
          ['In use', `${patterns.active}; ${patterns.atStart} at the beginning`],
          ['Imported, merged', `${patterns.imported}, ${patterns.merged}`],
          ['Incidents ended', numberText(incidents.ended)],
          ['Healed by Selfheal', shareWords(incidents.healed)],
          ['Went to people', shareWords(incidents.byPeople)],
          ['Known failures', shareWords(incidents.covered)],
          ['Recognised right', shareWords(incidents.recognisedRight)],
          ['False alarms', shareWords(incidents.falsePositives)],
          ['Mean time to the end', minutesWords(incidents.meanMinutes)],
          ['Of those measured', meanWords(incidents.measured)],
          ['Of those that people state', meanWords(incidents.stated)],
          ['Solutions helped', shareWords(outcomes.helped)],
        ];
        return (
          <>
            <dl className="report">
              {rows.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd className="number">{value}</dd>
                </div>
              ))}
            </dl>
            {patterns.topClasses.length === 0 ? null : (
              <p className="card-body soft">
                Most patterns:{' '}
                {patterns.topClasses.map((top) => `${classWords(top.class)} (${top.patterns})`).join(', ')}
              </p>
            )}
            {movements.length === 0 ? null : (
              <ul className="movements">
                {movements.slice(0, 5).map(({ patternId, title, before, after }) => (
                  <li key={patternId}>
                    <span className="cut">{title}</span>
                    <span className="number" data-tone={after >= before ? 'good' : 'bad'}>
                      {percent(before)} → {percent(after)}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Figures>
  );
}
