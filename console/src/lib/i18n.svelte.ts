/** Words by language: every folder's `messages.<language>.json`, asked for as `t("folder.key", {name: value})`. */

export const LANGUAGES = ["en", "fr", "ru", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", fr: "Français", ru: "Русский", zh: "中文" };

type Words = Record<string, string>;
const files = import.meta.glob<Words>("../*/messages.*.json", { eager: true, import: "default" });

const books: Record<Language, Words> = { en: {}, fr: {}, ru: {}, zh: {} };
for (const [path, words] of Object.entries(files)) {
  const found = /\/([^/]+)\/messages\.(\w+)\.json$/.exec(path);
  if (!found) continue;
  const [, folder, language] = found as unknown as [string, string, Language];
  for (const [key, text] of Object.entries(words)) books[language][`${folder}.${key}`] = text;
}

function first(): Language {
  const asked = localStorage.getItem("vedette.language") ?? navigator.language.slice(0, 2);
  return (LANGUAGES as readonly string[]).includes(asked) ? (asked as Language) : "en";
}

class Locale {
  language = $state<Language>(first());

  /** Speak another language, here and next time. */
  speak(language: Language): void {
    this.language = language;
    localStorage.setItem("vedette.language", language);
    document.documentElement.lang = language;
  }
}

export const locale = new Locale();
document.documentElement.lang = locale.language;

/** The words of a key with `{name}` filled in; English where a language has none, the key itself where nobody has. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = books[locale.language][key] ?? books.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** Words that depend on a number: `key.one`, `key.few`, `key.many`, `key.other`, as the language counts; `{n}` is it. */
export function tn(key: string, n: number, values: Record<string, string | number> = {}): string {
  const form = new Intl.PluralRules(locale.language).select(n);
  const known = (name: string) => name in books[locale.language] || name in books.en;
  return t(known(`${key}.${form}`) ? `${key}.${form}` : `${key}.other`, { n, ...values });
}

/** What the machine names (a class, a phase, a cause) in the reader's language, or as it is named. */
export function named(kind: string, name: string): string {
  const key = `words.${kind}.${name}`;
  return books[locale.language][key] ?? books.en[key] ?? name.replaceAll("-", " ");
}

/** For tests: all words of a language. */
export const book = (language: Language): Readonly<Words> => books[language];
