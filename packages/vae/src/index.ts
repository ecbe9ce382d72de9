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
export { Mixture } from './distributions/mixture.ts';
export {
  isStratified,
  type StratifiedDistribution,
  type StratifiedSample,
} from './distributions/stratified.ts';
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
export { FlowDistribution, pushForward } from './flows/flow-distribution.ts';
export { Flow, type FlowOptions } from './flows/flow.ts';
export { type Computation, type FlowKind, type FlowName, flows } from './flows/table.ts';
export { Planar, type PlanarParameters } from './flows/planar.ts';
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
export {
  between,
  type Check,
  type GroundTruth,
  joinVerdicts,
  passes,
  type TruthPicture,
  type Verdict,
  within,
} from './verify/ground-truth.ts';
export { type GroundTruthName, groundTruths } from './verify/truths/table.ts';
export { type Energy, type EnergyName, energies } from './verify/energies.ts';
export {
  disturbParameters,
  type FlowMeasurement,
  type MeasureOptions,
  measureFlow,
} from './verify/measure-flow.ts';

// Choices by name
export {
  type Choice,
  formatChoice,
  type Kind,
  type Kinds,
  parseChoice,
  type Question,
  type RawChoice,
  valuesOf,
} from './choices/choice.ts';
export type { Option, Options } from './choices/option.ts';

// Models
export { Vae } from './models/vae.ts';
export { secondStageSettings, TwoStageVae } from './models/two-stage.ts';
export { modelChoices, requireVaeSettings, type VaeSettings, vaeSettings } from './models/settings.ts';
export { leastParameterCount } from './models/size.ts';
export { type NetworkSettings, networkKinds } from './models/networks/settings.ts';
export type { FlowSettings } from './models/posterior-flows.ts';
export {
  type PosteriorKind,
  type PosteriorName,
  type PosteriorSettings,
  posteriors,
} from './models/posteriors.ts';
export {
  type LikelihoodKind,
  type LikelihoodName,
  type LikelihoodSettings,
  likelihoods,
} from './models/likelihoods.ts';
export { type PriorKind, type PriorName, type PriorSettings, priors } from './models/priors/table.ts';
export { Encoder } from './models/encoder.ts';
export { Decoder } from './models/decoder.ts';
export { Prior, StandardNormalPrior } from './models/priors/prior.ts';
export { FullMixturePrior, MixturePrior } from './models/priors/mixture-prior.ts';
export { VampPrior } from './models/priors/vamp-prior.ts';
export { FlowPrior } from './models/priors/flow-prior.ts';

// Training
export {
  type BestEpoch,
  createTrainingRun,
  type EpochTotals,
  type TrainingRun,
  withSettledParameters,
} from './training/run.ts';
export { evaluateRun, stepsPerEpoch, type TrainOptions, train } from './training/train.ts';
export { type FitOptions, fit } from './training/fit.ts';
export { encodeCodes } from './training/encode-codes.ts';
export type { BoundTerms, EpochEvent, StepEvent, TrainingEvent } from './training/events.ts';
export { type Divergence, DivergedError } from './training/diverged-error.ts';
export { requireTrainable } from './training/trainable.ts';
export { combinationProblem, requireCombination } from './training/combination.ts';
export {
  type Binarization,
  binarizations,
  type ObjectiveSettings,
  type Trainer,
  type TrainingSettings,
  trainers,
  trainingChoices,
  trainingSettings,
} from './training/settings.ts';
export { annealingEpochs, annealings, type KlAnnealingSettings, klSchedule } from './training/annealing.ts';
export { type LearningRateSettings, learningRates } from './training/learning-rates.ts';
export { binarize } from './training/binarize.ts';
export { type Evaluation, type EvaluationOptions, evaluate } from './training/evaluate.ts';
export { decodeCheckpoint, encodeCheckpoint } from './training/checkpoint.ts';

// Data
export { type Dataset, requireFinite, splitDataset, takeExamples } from './data/dataset.ts';
export { type DigitOptions, generateDigits } from './data/digits/generate.ts';
export { gunzip, isGzip } from './data/gzip.ts';
export { decodeIdx, decodeIdxImages, decodeIdxLabels, encodeIdx, type IdxImages } from './data/idx.ts';
