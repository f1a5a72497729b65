/** What a person does about an alert: one call each, and the server's own sentence about what came of it. */
import { ApiError, post } from "../lib/api";
import { t } from "../lib/i18n";
import type { DeskAlert } from "../lib/model";
import { select, watch } from "../lib/state.svelte";
import { view } from "../lib/view.svelte";
import { columnOf, doable, rank, severityOf, standing, worstFirst } from "./life";

export type Action = "acknowledge" | "shelve" | "unshelve" | "start" | "release" | "update" | "cancel";

interface ActAnswer {
  says?: string;
  [more: string]: unknown;
}

class Acting {
  /** The alert that an open dialog is about. */
  target = $state<string | null>(null);
  isBusy = $state(false);
  says = $state("");
  trouble = $state("");
  /** Cards that the board shows, in its order: `j` and `k` walk along them. */
  order = $state.raw<string[]>([]);

  /** Carry out an act; true when the server took it. */
  async act(alert: DeskAlert, action: Action, more: Record<string, unknown> = {}): Promise<boolean> {
    this.isBusy = true;
    this.trouble = "";
    try {
      const answer = await post<ActAnswer | null>(`alerts/${encodeURIComponent(alert.id)}/acts`, {
        action,
        revision_hash: alert.revision,
        clock: watch.isPast ? "replay" : "live",
        ...more,
      });
      this.says = answer?.says ?? t("alerts.done", { action: t(`alerts.act.${action}`), id: alert.id });
      return true;
    } catch (trouble) {
      const words = trouble instanceof ApiError ? trouble.message : String(trouble);
      this.trouble = words;
      this.says = t("alerts.refused", { action: t(`alerts.act.${action}`), why: words });
      if (trouble instanceof ApiError && trouble.status === 401) view.dialog = "login";
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** The alert that a key is about: the chosen one, else the one of the chosen object, else the gravest that fits. */
  pick(fits: (alert: DeskAlert) => boolean): DeskAlert | null {
    const chosen = watch.selection;
    if (chosen?.kind === "alert") return watch.alert(chosen.id);
    const near = chosen?.kind === "object" ? watch.deskNow.filter((one) => one.object_ids.includes(chosen.id)) : [];
    return [...(near.length ? near : watch.deskNow)].filter(fits).sort(worstFirst)[0] ?? null;
  }

  async acknowledge(alert = this.pick((one) => columnOf(one) === "new")): Promise<void> {
    if (alert && this.#isNow()) await this.act(alert, "acknowledge");
  }
  async start(alert = this.pick((one) => doable(one, watch.account).start)): Promise<void> {
    if (alert && this.#isNow()) await this.act(alert, "start");
  }
  async unshelve(alert: DeskAlert): Promise<void> {
    if (this.#isNow()) await this.act(alert, "unshelve");
  }
  shelve(alert = this.pick((one) => doable(one, watch.account).shelve)): void {
    if (alert && this.#isNow()) this.#open("shelve", alert.id);
  }
  release(alert = this.pick((one) => doable(one, watch.account).release || doable(one, watch.account).update)): void {
    if (alert && this.#isNow()) this.#open("release", alert.id);
  }
  /** From everywhere: about the chosen alert when something of it stands, else the list of what stands. */
  cancel(alert: DeskAlert | null = null): void {
    const chosen = alert ?? this.pick((one) => standing(one).length > 0);
    this.#open("cancel", chosen && standing(chosen).length ? chosen.id : null);
  }

  /** Walk along the board. */
  walk(sign: 1 | -1): void {
    if (!this.order.length) return;
    const at = watch.selection?.kind === "alert" ? this.order.indexOf(watch.selection.id) : -1;
    const next = at < 0 ? (sign > 0 ? 0 : this.order.length - 1) : (at + sign + this.order.length) % this.order.length;
    select({ kind: "alert", id: this.order[next]! });
    document.getElementById(`alert-${this.order[next]}`)?.focus();
  }

  #open(dialog: "shelve" | "release" | "cancel", id: string | null): void {
    this.target = id;
    this.trouble = "";
    view.dialog = dialog;
  }
  #isNow(): boolean {
    if (!watch.isPast) return true;
    this.says = t("alerts.notInPast");
    return false;
  }
}

export const acting = new Acting();

/** The gravest alert that nobody has acknowledged, for "LIVE: n new". */
export const gravest = (alerts: readonly DeskAlert[]): DeskAlert | null =>
  [...alerts].sort((a, b) => rank(severityOf(a)) - rank(severityOf(b)))[0] ?? null;
