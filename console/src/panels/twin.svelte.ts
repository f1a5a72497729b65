/** Whether pictures begin as tables: the last choice, kept for next time. */
class TwinChoice {
  isTable = $state(localStorage.getItem("vedette.tables") === "yes");
  keep(isTable: boolean): void {
    localStorage.setItem("vedette.tables", isTable ? "yes" : "no");
  }
}
export const twin = new TwinChoice();
