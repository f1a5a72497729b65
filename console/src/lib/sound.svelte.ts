/**
 * Tones by severity. A browser makes no sound before somebody has pressed something, and a loudspeaker may be off: so
 * sound counts as OFF, and says so, until a person has heard the test tone and confirmed it, on every start.
 */

export type Tone = "critical" | "serious" | "caution" | "news" | "test";

interface Note {
  at_s: number;
  for_s: number;
  hz: number;
}

const PATTERNS: Record<Tone, readonly Note[]> = {
  critical: [0, 1, 2, 3, 4, 5].map((i) => ({ at_s: i * 0.18, for_s: 0.15, hz: i % 2 ? 660 : 988 })),
  serious: [0, 1, 2].map((i) => ({ at_s: i * 0.26, for_s: 0.18, hz: 784 })),
  caution: [{ at_s: 0, for_s: 0.35, hz: 587 }],
  news: [
    { at_s: 0, for_s: 0.12, hz: 523 },
    { at_s: 0.16, for_s: 0.22, hz: 784 },
  ],
  test: [
    { at_s: 0, for_s: 0.2, hz: 523 },
    { at_s: 0.25, for_s: 0.2, hz: 659 },
    { at_s: 0.5, for_s: 0.35, hz: 784 },
  ],
};

/** How long after a tone it comes again while nobody has acknowledged; null: once. */
export const AGAIN_S: Record<"critical" | "serious" | "caution", number | null> = { critical: 4, serious: 15, caution: null };
const MUTE_S = 60;

class Sound {
  isArmed = $state(false);
  mutedUntil_ms = $state(0);
  volume = $state(0.35);
  /** The last tone played, for the eye and for tests. */
  last = $state.raw<{ tone: Tone; t_ms: number } | null>(null);
  #context: AudioContext | null = null;

  get isMuted(): boolean {
    return Date.now() < this.mutedUntil_ms;
  }

  /** Play the test tone; must be called from a press. True when the browser let it out. */
  async test(): Promise<boolean> {
    this.#context ??= new AudioContext();
    await this.#context.resume();
    this.#play("test");
    return this.#context.state === "running";
  }

  /** The person has heard it. */
  confirm(): void {
    this.isArmed = true;
  }
  disarm(): void {
    this.isArmed = false;
  }
  mute(): void {
    this.mutedUntil_ms = this.isMuted ? 0 : Date.now() + MUTE_S * 1000;
  }

  play(tone: Tone): void {
    if (!this.isArmed || this.isMuted) return;
    this.#play(tone);
  }

  #play(tone: Tone): void {
    this.last = { tone, t_ms: Date.now() };
    const context = this.#context;
    if (!context) return;
    for (const note of PATTERNS[tone]) {
      const begin = context.currentTime + 0.02 + note.at_s;
      const wave = context.createOscillator();
      const level = context.createGain();
      wave.type = "triangle";
      wave.frequency.value = note.hz;
      level.gain.setValueAtTime(0, begin);
      level.gain.linearRampToValueAtTime(this.volume, begin + 0.012);
      level.gain.setValueAtTime(this.volume, begin + note.for_s - 0.03);
      level.gain.linearRampToValueAtTime(0, begin + note.for_s);
      wave.connect(level).connect(context.destination);
      wave.start(begin);
      wave.stop(begin + note.for_s + 0.02);
    }
  }
}

export const sound = new Sound();
