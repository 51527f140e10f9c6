import { Figures, TableBox } from '../../ui/figures.tsx';
import { counted, percent } from '../../ui/words.ts';
import { type Period, useCosts, useServiceLevels } from './learning-api.ts';

/** `99.95 %`: rounded down, so that a missed objective never reads as met. */
const availabilityWords = (share: number): string => `${(Math.floor(share * 10_000 + 1e-6) / 100).toFixed(2)} %`;

/** Smaller sums are shown with more digits. */
function dollars(microdollars: number | null): string {
  if (microdollars === null) return '–';
  const value = microdollars / 1_000_000;
  return `$${value.toFixed(value !== 0 && Math.abs(value) < 0.1 ? 5 : 2)}`;
}

/** What language models and AWS cost, by incident and model. */
export function CostsSection({ period }: { readonly period: Period }) {
  return (
    <Figures title="Costs" figures={useCosts(period)}>
      {({ total, awsMicrodollarsPerIncident }) => {
        const tiles = [
          ['Language models', dollars(total.microdollars), `${counted(total.asked, 'incident')} asked one`],
          ['Per incident', dollars(total.microdollarsPerIncident), `of ${counted(total.incidents, 'ended incident')}`],
          [
            'Per question',
            dollars(total.microdollarsPerAsked),
            counted(Math.round(total.tokensPerAsked ?? 0), 'token'),
          ],
          ['AWS, estimated', dollars(total.awsMicrodollars), `${dollars(awsMicrodollarsPerIncident)} per incident`],
        ] as const;
        return (
          <>
            <dl className="tiles cost-tiles">
              {tiles.map(([name, value, note]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd className="tile-value number">{value}</dd>
                  <dd className="soft">{note}</dd>
                </div>
              ))}
            </dl>
            {total.byModel.length === 0 && total.unpriced === 0 ? null : (
              <p className="card-body soft">
                {total.byModel.map((one) => `${one.modelId}: ${dollars(one.microdollars)} (${one.asked})`).join('; ')}
                {total.unpriced === 0
                  ? ''
                  : ` ${counted(total.unpriced, 'incident')} asked a model without a price: not in the sums.`}
              </p>
            )}
          </>
        );
      }}
    </Figures>
  );
}

/** How available each service was, and what is left of its error budget. */
export function ServiceLevels({ period }: { readonly period: Period }) {
  return (
    <Figures title="Service levels" figures={useServiceLevels(period)}>
      {({ services }) =>
        services.length === 0 ? (
          <p className="card-body soft">The configuration has no service.</p>
        ) : (
          <TableBox label="Service levels">
            <thead>
              <tr>
                <th scope="col">Service</th>
                <th scope="col">Objective</th>
                <th scope="col">Available</th>
                <th scope="col">Budget left</th>
                <th scope="col">Incidents</th>
                <th scope="col">Mean time to the end</th>
              </tr>
            </thead>
            <tbody>
              {services.map((one) => (
                <tr key={one.service}>
                  <th scope="row">
                    {one.service} <span className="hint">{one.criticality}</span>
                  </th>
                  <td>
                    <span className="pill" data-tone={one.met ? 'good' : 'bad'}>
                      {availabilityWords(one.objective)} {one.met ? 'met' : 'missed'}
                    </span>
                  </td>
                  <td className="number-cell">{availabilityWords(one.availability)}</td>
                  <td className="number-cell">{Math.round(one.budgetLeftMinutes)} min</td>
                  <td>
                    {one.incidents}
                    <span className="soft">
                      {one.open > 0
                        ? `, ${one.open} open`
                        : one.incidents > 0
                          ? `, ${percent(one.resolved / one.incidents)} ended`
                          : ''}
                    </span>
                  </td>
                  <td className="number-cell">
                    {one.meanMinutesToResolve === null ? '–' : `${Math.round(one.meanMinutesToResolve)} min`}
                  </td>
                </tr>
              ))}
            </tbody>
          </TableBox>
        )
      }
    </Figures>
  );
}
