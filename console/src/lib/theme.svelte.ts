/** Dark, light, and red for eyes that must stay used to the dark; kept for next time. */

export const THEMES = ["dark", "light", "red"] as const;
export type Theme = (typeof THEMES)[number];

const kept = localStorage.getItem("vedette.theme");

class Look {
  theme = $state<Theme>((THEMES as readonly string[]).includes(kept ?? "") ? (kept as Theme) : "dark");

  set(theme: Theme): void {
    this.theme = theme;
    localStorage.setItem("vedette.theme", theme);
    document.documentElement.dataset["theme"] = theme;
  }
  next(): void {
    this.set(THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length]!);
  }
}

export const look = new Look();
document.documentElement.dataset["theme"] = look.theme;
