import { likelihoods, type Measured } from '@reparam/vae';
import { runOptions } from '../options/run-options.ts';
import { formatCount } from '../terminal/format.ts';
import { wrapBeside } from '../terminal/wrap.ts';
import type { RunEvaluation } from './evaluation.ts';

type Line = readonly [label: string, text: string];

const labelWidth = 20;

/** An evaluation for a person to read, in lines of fewer than `columns` characters. */
export function renderEvaluation(evaluation: RunEvaluation, columns?: number): string {
  const sections = [
    evaluated(evaluation),
    bounds(evaluation),
    latents(evaluation),
    aggregate(evaluation),
    findings(evaluation),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(([label, text]) => wrapBeside(label, text, labelWidth, columns)).join('\n'))
    .join('\n\n');
}

const binarizationWords = {
  dynamic: 'dynamic: zeros and ones, drawn once with P(1) = grey',
  threshold: 'threshold: 1 where grey is at least ½',
  none: 'none: values as they are',
} as const;

function evaluated({ run, data, likelihood, binarization, objective }: RunEvaluation): Line[] {
  const split = data.split === 'held-out' ? 'held out from training' : 'all of the file';
  return [
    ['Run', run],
    ['Data', `${data.name}: ${formatCount(data.examples, 'example')}, ${split}`],
    ['Likelihood', `${likelihood}, about ${likelihoods[likelihood].support.wanted}`],
    ['Binarisation', binarizationWords[binarization]],
    ['Trained on', runOptions.objective.format(objective)],
  ];
}

function bounds({ elbo, logLikelihood, likelihood, binarization }: RunEvaluation): Line[] {
  const { samples, effectiveSamples, standardError } = logLikelihood;
  const isUnnormalised = likelihood === 'bernoulli' && binarization === 'none';
  return [
    ['ELBO', `${nats(elbo.elbo)} per example: a lower bound on ln p(x), from one draw of z for each example`],
    ['  reconstruction', nats(elbo.reconstruction)],
    ['  KL', `${nats(elbo.kl)}, ${elbo.klEstimated ? 'an estimate from the same draws' : 'in closed form'}`],
    [
      'ln p(x)',
      `${measured({ value: logLikelihood.logLikelihood, standardError })} per example: an estimate by importance ` +
        `sampling with ${formatCount(samples, 'draw')} of z for each example, in expectation a ${logLikelihood.bound} ` +
        `bound. The draws are worth ${effectiveSamples.median.toFixed(1)} equal ones in the median example, ` +
        `${effectiveSamples.least.toFixed(1)} in the worst`,
    ],
    ...(isUnnormalised
      ? [['  caution', 'grey values are no zeros and ones: neither is a likelihood of these data'] as const]
      : []),
  ];
}

function latents({ latents: { count, active, activeThreshold, activity, kl } }: RunEvaluation): Line[] {
  return [
    [
      'Active units',
      `${active} of ${count}, whose posterior means vary by more than ${activeThreshold} over the examples`,
    ],
    ['  activity', activity.map((value) => value.toFixed(2)).join(' ')],
    ...(kl ? [['  KL of each', kl.map((value) => value.toFixed(2)).join(' ')] as const] : []),
  ];
}

function aggregate({ aggregate: parts }: RunEvaluation): Line[] {
  if (!parts) return [];
  const { examples, mutualInformation, mutualInformationUpper, ceiling, aggregateKl, totalCorrelation } =
    parts;
  const upper = mutualInformationUpper ? ` at least, ${measured(mutualInformationUpper)} at most,` : '';
  return [
    ['KL taken apart', `over ${formatCount(examples, 'example')}, where q(z) is their mean posterior`],
    [
      '  I(x; z)',
      `${measured(mutualInformation)}${upper} of ln ${examples} = ${ceiling.toFixed(2)} that could be told`,
    ],
    ['  KL(q(z) ‖ p(z))', measured(aggregateKl)],
    ...(totalCorrelation ? [['  total correlation', measured(totalCorrelation)] as const] : []),
  ];
}

function findings({ findings: found }: RunEvaluation): Line[] {
  if (!found) return [];
  if (found.length === 0) return [['Collapse doctor', 'nothing is the matter']];
  return found.map(({ cause, severity, explanation, remedy }, index) => [
    index === 0 ? 'Collapse doctor' : '',
    `${severity}: ${cause}. ${explanation} ${remedy}`,
  ]);
}

function nats(value: number): string {
  return `${value.toFixed(2)} nats`;
}

function measured({ value, standardError }: Measured): string {
  return `${value.toFixed(2)} ± ${standardError.toFixed(standardError < 0.1 ? 3 : 2)} nats`;
}
