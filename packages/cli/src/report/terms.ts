/** The words of the page, explained to somebody who meets a variational autoencoder for the first time. */
export const terms: readonly (readonly [term: string, explanation: string])[] = [
  [
    'Variational autoencoder',
    'Two networks trained together. The encoder describes each example by a small cloud of points in a latent space; ' +
      'the decoder turns any point of that space back into data. Points drawn at random give new data.',
  ],
  [
    'ELBO',
    'The evidence lower bound: how well the model explains an example, counted in nats. It never exceeds the true ' +
      'log-likelihood of the data. It is the reconstruction minus the KL, and higher is better.',
  ],
  [
    'Reconstruction',
    'The log-likelihood of an example under the decoder, averaged over the latent points that the encoder proposes ' +
      'for it. Higher means that less is lost on the way through the latent space.',
  ],
  [
    'KL',
    'The Kullback–Leibler divergence from the prior to the encoder’s cloud: how much the latent point tells about ' +
      'the example. It is the price paid for a good reconstruction, and keeps the space smooth enough to draw from.',
  ],
  [
    'Nat',
    'The unit of information with natural logarithms: one nat is 1.44 bits. All figures are means over examples.',
  ],
  [
    'Active units',
    'Latent dimensions that the model uses: what the encoder puts there varies from example to example. The others ' +
      'stay at the prior whatever the example, and the decoder has learned to ignore them.',
  ],
  [
    'Held-out',
    'Examples set aside and never trained on. When the training curve goes on rising while the held-out curve ' +
      'falls, the model has begun to learn its examples by heart.',
  ],
  [
    'Beta and annealing',
    'Beta weighs the KL in the training loss. Annealing lets it grow from a small value, so that the model learns ' +
      'to use the latent space before it is asked to pay for it. The ELBO shown here always has a weight of one.',
  ],
];
