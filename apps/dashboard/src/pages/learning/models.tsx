import { numberText } from '@selfheal/kernel/numbers/number-words.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Figures, TableBox } from '../../ui/figures.tsx';
import { Ago } from '../../ui/time.tsx';
import { percent, type Tone } from '../../ui/words.ts';
import { type Model, useModels, useQuality } from './learning-api.ts';

const TONES: Readonly<Record<string, Tone>> = { production: 'good', staging: 'info' };
/** What can still be promoted. */
const isBelowProduction = ({ stage }: Model): boolean => stage !== 'production' && stage !== 'archived';

type Asked = { readonly kind: 'promote'; readonly id: string } | { readonly kind: 'back' };

/** The trained models, and which of them answers. */
export function Models() {
  const models = useModels();
  const quality = useQuality();
  const [asked, setAsked] = useState<Asked | null>(null);
  const queries = useQueryClient();
  const carryOut = async () => {
    if (asked?.kind === 'promote')
      await contentOf(await api.models[':id'].promote.$post({ param: { id: asked.id }, json: {} }));
    else await contentOf(await api.models.rollback.$post());
    await queries.invalidateQueries({ queryKey: ['learning'] });
  };
  return (
    <>
      <Figures
        title="Models"
        figures={models}
        end={(all) =>
          all.models.some(({ stage }) => stage === 'production') ? (
            <Button onClick={() => setAsked({ kind: 'back' })}>Back to the previous one</Button>
          ) : null
        }
      >
        {({ shipped, models: all }) => (
          <>
            <p className="card-body soft">
              {quality.data === undefined
                ? ' '
                : `${quality.data.model} answers at the moment: ${quality.data.judged} of ${quality.data.predictions} answers were judged${
                    quality.data.accuracy === null ? '' : `, ${percent(quality.data.accuracy.value)} of them right`
                  }. ${quality.data.degraded ? 'It has become worse. ' : ''}${quality.data.retrain.due ? `Train it anew: ${quality.data.retrain.reasons.join('; ')}.` : ''}`}{' '}
              {shipped === null ? '' : `The model ${shipped} came with the code.`}
            </p>
            {all.length === 0 ? null : (
              <TableBox label="Models">
                <thead>
                  <tr>
                    <th scope="col">Model</th>
                    <th scope="col">Stage</th>
                    <th scope="col">Accuracy</th>
                    <th scope="col">Since</th>
                    <th scope="col">By</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {all.map((model) => (
                    <tr key={model.id}>
                      <th scope="row" className="mono">
                        {model.id}
                      </th>
                      <td>
                        <span className="pill" data-tone={TONES[model.stage] ?? 'none'}>
                          {model.stage}
                        </span>
                      </td>
                      <td>
                        {model.accuracy === null ? '–' : percent(model.accuracy)}
                        {model.cases === null ? null : <span className="soft"> of {numberText(model.cases)}</span>}
                      </td>
                      <td className="soft">
                        <Ago at={model.at} />
                      </td>
                      <td className="soft">{model.by}</td>
                      <td>
                        {isBelowProduction(model) ? (
                          <Button
                            onClick={() => setAsked({ kind: 'promote', id: model.id })}
                            aria-label={`Promote ${model.id}`}
                          >
                            Promote
                          </Button>
                        ) : null}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </TableBox>
            )}
          </>
        )}
      </Figures>
      {asked === null ? null : (
        <Confirm
          title={asked.kind === 'promote' ? `Promote ${asked.id}?` : 'Back to the previous model?'}
          verb={asked.kind === 'promote' ? 'Promote it' : 'Go back'}
          withoutReason
          confirm={carryOut}
          close={() => setAsked(null)}
        >
          <p>
            {asked.kind === 'promote'
              ? 'It goes up one stage. It is refused unless the model is shown to be no worse than the one that answers.'
              : 'The previous model answers again.'}
          </p>
        </Confirm>
      )}
    </>
  );
}
