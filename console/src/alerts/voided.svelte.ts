/** Approvals that a new revision made void: the desk forgets them, the person who gave one must be told. */
import type { Approval, DeskAlert } from "../lib/model";

class Voided {
  #by = $state.raw<ReadonlyMap<string, Approval>>(new Map());

  /** The approval of an alert that fell when its picture changed; null when none did, or a newer one stands. */
  of(alert: DeskAlert): Approval | null {
    const fallen = this.#by.get(alert.id);
    return fallen && alert.approval === null && fallen.revision !== alert.revision ? fallen : null;
  }

  /** Hold a desk against the one before it. */
  look(before: readonly DeskAlert[], after: readonly DeskAlert[]): void {
    const then = new Map(before.map((one) => [one.id, one]));
    const next = new Map(this.#by);
    for (const now of after) {
      const approval = then.get(now.id)?.approval ?? null;
      const isFallen = approval !== null && now.approval === null && now.revision !== approval.revision;
      if (isFallen && now.messages.length === then.get(now.id)!.messages.length) next.set(now.id, approval);
      else if (now.approval !== null || now.message !== "proposed") next.delete(now.id);
    }
    if (next.size !== this.#by.size || [...next].some(([id, one]) => this.#by.get(id) !== one)) this.#by = next;
  }
}

export const voided = new Voided();
