/** Which parts of panels are folded away, by name. */
class Folded {
  #open = $state<Record<string, boolean>>({});
  of(id: string, otherwise: boolean): boolean {
    return this.#open[id] ?? otherwise;
  }
  set(id: string, isOpen: boolean): void {
    if (this.#open[id] !== isOpen) this.#open[id] = isOpen;
  }
}
export const folded = new Folded();
