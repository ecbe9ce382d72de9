/** Share of the weight that a value keeps with each later one: about the last twenty count. */
const memory = 0.95;

/** The mean of the latest values, older ones counting ever less: Σ mᵏ x₋ₖ / Σ mᵏ. */
export class RecentMean {
  #sum = 0;
  #weight = 0;

  /** Takes a value in, and gives the mean. */
  add(value: number): number {
    this.#sum = memory * this.#sum + value;
    this.#weight = memory * this.#weight + 1;
    return this.#sum / this.#weight;
  }
}
