import {
  exp,
  logaddexp,
  maximum,
  norm,
  type Operand,
  sigmoid,
  sin,
  toVariable,
  type Variable,
} from '@reparam/autograd';

/** An unnormalised density e^{−U} on the plane. */
export interface Energy {
  /** U in nats: [..., 2] → [...] */
  readonly energy: (z: Operand) => Variable;
  /** ln ∫ e^{−U} dz, by quadrature. */
  readonly logPartition: number;
}

/** −½(x/scale)² */
function bell(x: Variable, scale: number): Variable {
  return x.div(scale).square().mul(-0.5);
}

/** The spine of U2 to U4: sin(πz₁/2). */
function wave(z1: Variable): Variable {
  return sin(z1.mul(Math.PI / 2));
}

/** ½(max(|z₁| − 4, 0)/.5)²: U2 to U4 go on along z₁ for ever as printed, and have no integral without an end. */
function ends(z1: Variable): Variable {
  return bell(maximum(z1.abs().sub(4), 0), 0.5).neg();
}

function onCoordinates(energy: (z1: Variable, z2: Variable) => Variable): (z: Operand) => Variable {
  return (z) => {
    const [z1, z2] = toVariable(z).unstack(-1) as [Variable, Variable];
    return energy(z1, z2);
  };
}

/** The four energies of Rezende & Mohamed 2015, table 1, with ends for those that are improper. */
export const energies = {
  /** A ring with a gap above and below. */
  U1: {
    energy: (z) => {
      const point = toVariable(z);
      const z1 = point.unstack(-1)[0]!;
      const ring = bell(norm(point, { axes: -1 }).sub(2), 0.4);
      return logaddexp(bell(z1.sub(2), 0.6), bell(z1.add(2), 0.6))
        .add(ring)
        .neg();
    },
    logPartition: 1.877502,
  },
  /** A wave. */
  U2: {
    energy: onCoordinates((z1, z2) =>
      bell(z2.sub(wave(z1)), 0.4)
        .neg()
        .add(ends(z1)),
    ),
    logPartition: 2.22763,
  },
  /** A wave that splits in the middle, and joins again. */
  U3: {
    energy: onCoordinates((z1, z2) => {
      const away = z2.sub(wave(z1));
      const parting = exp(bell(z1.sub(1), 0.6)).mul(3);
      return logaddexp(bell(away, 0.35), bell(away.add(parting), 0.35))
        .neg()
        .add(ends(z1));
    }),
    logPartition: 2.787245,
  },
  /** A wave that splits in two. */
  U4: {
    energy: onCoordinates((z1, z2) => {
      const away = z2.sub(wave(z1));
      const parting = sigmoid(z1.sub(1).div(0.3)).mul(3);
      return logaddexp(bell(away, 0.4), bell(away.add(parting), 0.35))
        .neg()
        .add(ends(z1));
    }),
    logPartition: 2.856238,
  },
} as const satisfies Readonly<Record<string, Energy>>;

export type EnergyName = keyof typeof energies;
