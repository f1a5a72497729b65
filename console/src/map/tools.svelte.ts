/** Which sheet lies open over the map or the globe. */
class OpenTools {
  open = $state<"layers" | "legend" | null>(null);
  isTable = $state(false);

  turn(sheet: "layers" | "legend"): void {
    this.open = this.open === sheet ? null : sheet;
  }
}

export const tools = new OpenTools();
