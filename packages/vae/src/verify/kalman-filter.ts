/** z₁ ~ N(0, v₁), z_t = a·z_{t−1} + N(0, v), x_t = z_t + N(0, w), all of them numbers. */
export interface StateSpaceModel {
  /** a */
  readonly transition: number;
  /** v */
  readonly transitionVariance: number;
  /** w */
  readonly observationVariance: number;
  /** v₁ */
  readonly initialVariance: number;
}

/** ln p(x₁, …, x_T) in nats, as the sum of ln N(x_t; prediction) from step to step (Kalman 1960). */
export function kalmanLogLikelihood(model: StateSpaceModel, observations: readonly number[]): number {
  const { transition, transitionVariance, observationVariance } = model;
  let mean = 0;
  let variance = model.initialVariance;
  let logLikelihood = 0;
  for (const observation of observations) {
    const predicted = variance + observationVariance;
    const innovation = observation - mean;
    logLikelihood -= 0.5 * (Math.log(2 * Math.PI * predicted) + innovation ** 2 / predicted);
    const gain = variance / predicted;
    mean = transition * (mean + gain * innovation);
    variance = transition ** 2 * (1 - gain) * variance + transitionVariance;
  }
  return logLikelihood;
}
