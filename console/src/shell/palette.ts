/** What the palette offers, and how it finds it: every word asked for, anywhere, what begins with it first. */

export interface Offer {
  id: string;
  text: string;
  more?: string;
  kind: string;
  keys?: readonly string[];
  run: () => void;
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The offers that hold every word, best first; all of them, in their order, when nothing is asked. */
export function matching(offers: readonly Offer[], asked: string, most: number): Offer[] {
  const words = plain(asked).split(/\s+/).filter(Boolean);
  if (!words.length) return offers.slice(0, most);
  const scored: { offer: Offer; score: number; at: number }[] = [];
  offers.forEach((offer, at) => {
    const text = plain(offer.text);
    const all = `${text} ${plain(offer.more ?? "")} ${plain(offer.kind)}`;
    let score = 0;
    for (const word of words) {
      if (text.startsWith(word)) score += 4;
      else if (text.includes(` ${word}`)) score += 3;
      else if (text.includes(word)) score += 2;
      else if (all.includes(word)) score += 1;
      else return;
    }
    scored.push({ offer, score, at });
  });
  return scored
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, most)
    .map((one) => one.offer);
}
