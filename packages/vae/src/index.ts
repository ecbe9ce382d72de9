// Distributions
export type { Distribution, SampleWithLogProb } from './distributions/distribution.ts';
export type { EventOptions } from './distributions/event.ts';
export { ElementwiseDistribution, type ParameterChange } from './distributions/elementwise.ts';
export { DiagonalNormal } from './distributions/diagonal-normal.ts';
export { CorrelatedNormal, type Gaussian } from './distributions/gaussian.ts';
export { FullNormal } from './distributions/full-normal.ts';
export { LowRankNormal } from './distributions/low-rank-normal.ts';
export { Laplace } from './distributions/laplace.ts';
export { Logistic } from './distributions/logistic.ts';
export { StudentT } from './distributions/student-t.ts';
export { LogNormal } from './distributions/log-normal.ts';
export { Gamma } from './distributions/gamma.ts';
export { Beta } from './distributions/beta.ts';
export { Uniform } from './distributions/uniform.ts';
export { Bernoulli } from './distributions/bernoulli.ts';
export { ContinuousBernoulli } from './distributions/continuous-bernoulli.ts';
export { Categorical } from './distributions/categorical.ts';
export { Poisson } from './distributions/poisson.ts';
export { NegativeBinomial } from './distributions/negative-binomial.ts';
export {
  DiscretizedLogisticMixture,
  type DiscretizedLogisticOptions,
} from './distributions/discretized-logistic-mixture.ts';
export { Mixture, type StratifiedSample } from './distributions/mixture.ts';
export { NormalMixture } from './distributions/normal-mixture.ts';
export { RelaxedBernoulli } from './distributions/relaxed-bernoulli.ts';
export { RelaxedCategorical } from './distributions/relaxed-categorical.ts';
export { straightThroughBinary, straightThroughOneHot } from './distributions/straight-through.ts';
export {
  type DistributionFamily,
  type DistributionName,
  distributions,
  type Support,
} from './distributions/table.ts';

// Flows
export type { Bijector, Transformed } from './flows/bijector.ts';
export { FlowDistribution } from './flows/flow-distribution.ts';
export { Flow, type FlowOptions } from './flows/flow.ts';
export { type Computation, type FlowKind, type FlowName, flows } from './flows/table.ts';
export { PlanarFlow, type PlanarParameters } from './flows/planar.ts';
export { Composition } from './flows/composition.ts';
export { Inverted } from './flows/inverted.ts';
export { GlowFlow } from './flows/glow-flow.ts';
export { ResidualFlow, type ResidualFlowOptions } from './flows/residual-flow.ts';
export { FixedPointError } from './flows/residual.ts';
export { ContinuousFlow, type ContinuousFlowOptions } from './flows/continuous-flow.ts';
export { DependentColumnsError } from './flows/orthonormal-basis.ts';

// Divergences
export { drawWithKl, type KlDivergence, type KlOptions, kl } from './objectives/kl.ts';
export { type KlBounds, klBounds } from './divergences/bounds.ts';
export { registerKl } from './divergences/registry.ts';
export type { ClosedKl, DistributionClass, KlForm } from './divergences/closed-kl.ts';

// Objectives
export type { ObjectiveOptions, ObjectiveTerms } from './objectives/terms.ts';
export {
  type ElboEstimator,
  type ElboOptions,
  type ElboTerms,
  elbo,
  elboEstimators,
} from './objectives/elbo.ts';
export {
  type ImportanceEstimator,
  type ImportanceOptions,
  type ImportanceTerms,
  importanceEstimators,
} from './objectives/importance.ts';
export { iwae } from './objectives/iwae.ts';
export { type RenyiOptions, renyi } from './objectives/renyi.ts';
export { type BetaTcOptions, type BetaTcTerms, betaTc } from './objectives/beta-tc.ts';
export { type InfoVaeOptions, type InfoVaeTerms, infoVae } from './objectives/info-vae.ts';
export { type Kernel, type MmdOptions, mmd } from './objectives/mmd.ts';
export { type ExpectationOptions, expectation } from './objectives/expectation.ts';
export { type Baseline, scoreFunctionTerm } from './objectives/score-function.ts';
export { RunningMeanBaseline } from './objectives/running-mean-baseline.ts';
export {
  createObjective,
  type Objective,
  type ObjectiveEntry,
  type ObjectiveInputs,
  type ObjectiveName,
  objectives,
} from './objectives/table.ts';
export type { StratifiedDistribution } from './objectives/stratified.ts';

// Variational inference over parameters
export {
  type ParameterElboOptions,
  type ParameterElboTerms,
  VariationalParameters,
} from './inference/variational-parameters.ts';
export { ParameterPosterior, type ParameterPosteriorOptions } from './inference/parameter-posterior.ts';
export {
  type ParameterOptimizer,
  type VariationalInferenceOptions,
  VariationalOptimizer,
  variationalInference,
} from './inference/variational-optimizer.ts';
export { VariationalLinear, type VariationalLinearOptions } from './inference/variational-linear.ts';
export { withParameters } from './inference/with-parameters.ts';

// Diagnostics
export { finish, finishInTurns, type Progress, type Work } from './diagnostics/work.ts';
export type { GenerativeModel, LatentModel } from './diagnostics/latent-model.ts';
export { activeThreshold, countActive, type LatentUsage, latentUsage } from './diagnostics/latent-usage.ts';
export type { EvidenceEstimate, PerExampleEvidence } from './diagnostics/log-weights.ts';
export {
  type ImportanceSamplingOptions,
  importanceLogLikelihood,
} from './diagnostics/importance-log-likelihood.ts';
export { sigmoidalSchedule } from './diagnostics/annealing/schedule.ts';
export {
  type AnnealedEstimate,
  type AnnealingOptions,
  type AnnealingSettings,
  annealedImportanceSampling,
  reverseAnnealedImportanceSampling,
} from './diagnostics/annealing/annealed-importance-sampling.ts';
export {
  type EvidenceSandwich,
  evidenceSandwich,
  type SandwichOptions,
} from './diagnostics/annealing/evidence-sandwich.ts';
export type { Measured } from './diagnostics/measured.ts';
export {
  type AggregateOptions,
  type AggregatePosterior,
  aggregatePosterior,
} from './diagnostics/aggregate-posterior.ts';
export {
  type LatentDimension,
  latentDimension,
  type NoiseReading,
  type SlopeEstimate,
} from './diagnostics/latent-dimension.ts';
export { type InterpolationOptions, interpolate, traverse } from './diagnostics/latent-paths.ts';
export type { DataRecord, EpochRecord, RecordedBound, RunRecord } from './diagnostics/collapse/record.ts';
export { type Cause, causes, type Finding } from './diagnostics/collapse/finding.ts';
export { collapseDoctor } from './diagnostics/collapse/collapse-doctor.ts';
export { describeData, type ReferenceLikelihood } from './diagnostics/collapse/describe-data.ts';
export { principalVariances } from './diagnostics/collapse/principal-variances.ts';
export type {
  EstimatorProblem,
  ExactMoments,
  GradientEstimator,
  ParameterGroup,
} from './diagnostics/estimators/problem.ts';
export {
  type EstimatorReading,
  estimatorLaboratory,
  type LaboratoryOptions,
} from './diagnostics/estimators/laboratory.ts';
export { coinProblem, squaredNormProblem } from './diagnostics/estimators/expectation-problems.ts';
export { importanceProblem, optimalPosteriorProblem } from './diagnostics/estimators/bound-problems.ts';
export { standardProblems } from './diagnostics/estimators/standard-problems.ts';

// Ground truths
export { type Energy, type EnergyName, energies } from './verify/energies.ts';
export {
  disturbParameters,
  type FlowMeasurement,
  type MeasureOptions,
  measureFlow,
} from './verify/measure-flow.ts';

// Models
export { Vae } from './models/vae.ts';
export type {
  FlowSettings,
  GaussianSettings,
  LikelihoodSettings,
  PriorSettings,
  VaeSettings,
} from './models/settings.ts';
export { Encoder } from './models/encoder.ts';
export { Decoder } from './models/decoder.ts';
export { MixturePrior, Prior, StandardNormalPrior } from './models/prior.ts';

// Training
export { createTrainingRun, type EpochTotals, type TrainingRun } from './training/run.ts';
export {
  type BoundTerms,
  DivergedError,
  type EpochEvent,
  evaluateRun,
  klSchedule,
  requireTrainable,
  type StepEvent,
  stepsPerEpoch,
  type TrainingEvent,
  train,
} from './training/train.ts';
export { type Binarization, binarizations, type TrainingSettings } from './training/settings.ts';
export { binarize } from './training/binarize.ts';
export { type Evaluation, type EvaluationOptions, evaluate } from './training/evaluate.ts';
export { decodeCheckpoint, encodeCheckpoint } from './training/checkpoint.ts';

// Data
export { type Dataset, requireFinite, splitDataset, takeExamples } from './data/dataset.ts';
export { type DigitOptions, generateDigits } from './data/digits/generate.ts';
export { gunzip, isGzip } from './data/gzip.ts';
export { decodeIdx, decodeIdxImages, decodeIdxLabels, encodeIdx, type IdxImages } from './data/idx.ts';
