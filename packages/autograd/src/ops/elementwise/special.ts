import { scalarFunctions as f } from '@reparam/tensor';
import { define, positive, real } from './define.ts';

/** 2/√π ∫₀ˣ e^(−t²) dt */
export const erf = define({ name: 'erf', at: [...real, [0], [-40]] }, f.erf);
/** 1 − erf(x), which keeps its relative precision where that is tiny. */
export const erfc = define({ name: 'erfc', at: [...real, [0], [40]] }, f.erfc);

const besidePoles = { domain: 'x ≠ 0, -1, -2, …', at: [...positive, [-0.6], [-2.3]] };
/** ln|Γ(x)| */
export const lgamma = define({ name: 'lgamma', ...besidePoles }, f.lgamma);
/** ψ(x) = d/dx ln|Γ(x)|; its own derivatives are the polygamma functions. */
export const digamma = define({ name: 'digamma', ...besidePoles }, f.digamma);
