// What is asked of transactions: models that were promised, or anomalies that may not be there, as in Elle's options
// `:consistency-models` and `:anomalies`.
import { anomalyNames, impliedAnomalies, type AnomalyName } from './anomalies.ts';
import { describeModel, isForbidden, isolationModels, type IsolationModel } from './models.ts';

export interface Demand {
  readonly models: readonly IsolationModel[];
  readonly anomalies: readonly AnomalyName[];
}

/** @throws RangeError on a model or an anomaly that does not exist */
export function demandOf(options: {
  readonly model?: IsolationModel | readonly IsolationModel[];
  readonly anomalies?: readonly AnomalyName[];
}): Demand {
  const { anomalies = [], model = anomalies.length > 0 ? [] : 'strict-serializable' } = options;
  const models = typeof model === 'string' ? [model] : model;
  for (const one of models) {
    if (isolationModels.includes(one)) continue;
    throw new RangeError(`expected one of ${isolationModels.join(', ')} as the model, found ${one as string}`);
  }
  for (const one of anomalies) {
    if (anomalyNames.includes(one)) continue;
    throw new RangeError(`expected some of ${anomalyNames.join(', ')} as the anomalies, found ${one as string}`);
  }
  return { models, anomalies };
}

/** Whether a history with this anomaly does not do what is asked. */
export function isDemanded(anomaly: AnomalyName, { models, anomalies }: Demand): boolean {
  const implied = impliedAnomalies(anomaly);
  return models.some((model) => isForbidden(anomaly, model)) || anomalies.some((one) => implied.has(one));
}

/** In words, as what forbids something: `serializable` or `the list of anomalies (G0)`. */
export function describeDemand({ models, anomalies }: Demand): string {
  const asked = anomalies.length > 0 ? [`the list of anomalies (${anomalies.join(', ')})`] : [];
  return [...models.map(describeModel), ...asked].join(' and ') || 'no model';
}
