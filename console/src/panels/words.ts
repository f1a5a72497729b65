/** What the machine names and these panels show, in the reader's language: states, roles, phenomena, acts. */
import { t } from "../lib/i18n";

export type Kind = "phenomenon" | "condition" | "role" | "act" | "delivery" | "object" | "notice" | "noticeKind" | "registration" | "mark" | "area";

/** The words for a name, or the name itself with its hyphens opened. */
export function said(kind: Kind, name: string): string {
  const key = `panels.${kind}.${name}`;
  const words = t(key);
  return words === key ? name.replaceAll("-", " ") : words;
}
